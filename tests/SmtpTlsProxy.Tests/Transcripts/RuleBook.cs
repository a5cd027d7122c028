using System.Text.RegularExpressions;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Transcripts;

/// <summary>The numbered rules of RULES.md, bullets below one lettered, and which transcripts show each.</summary>
static partial class RuleBook
{
    public const string Begin = "<!-- transcripts:begin -->", End = "<!-- transcripts:end -->";

    /// <summary>Rules that no transcript can show, and where they are shown.</summary>
    public static readonly IReadOnlyDictionary<string, string> Elsewhere = new Dictionary<string, string>
    {
        ["4.5"] = "needs the memory of earlier sessions; the ratchet is not in force yet",
        ["6.9"] = "needs servers that trust addresses: `RelayTest`, `RelayRefusalTests`",
        ["6.10"] = "is about logs: `SecrecyTest`, `SessionRecordTest`",
    };

    public static IReadOnlyList<(string Number, string Words)> Rules { get; } = [.. Read()];

    public static string Markdown() =>
        $"| rule | words | transcripts |\n| --- | --- | --- |\n{string.Join('\n', Rules.Select(rule => $"| {rule.Number} | {rule.Words} | {ShownBy(rule.Number)} |"))}";

    public static string ShownBy(string rule)
    {
        List<string> names = [.. TranscriptFiles.All.Where(transcript => transcript.Rules.Contains(rule)).Select(transcript => $"`{transcript.Name.Split('/')[^1]}`")];
        return names.Count > 0 ? string.Join(", ", names) : Elsewhere.GetValueOrDefault(rule, "");
    }

    static IEnumerable<(string Number, string Words)> Read()
    {
        (string section, string number, char letter) = ("", "", 'a');
        foreach (string line in File.ReadLines(Path.Combine(TranscriptFiles.Repository, "src", "SmtpTlsProxy.Protocol", "RULES.md")))
        {
            if (Section().Match(line) is { Success: true } heading)
                section = heading.Groups[1].Value;
            else if (Numbered().Match(line) is { Success: true } rule)
            {
                (number, letter) = ($"{section}.{rule.Groups[1].Value}", 'a');
                yield return (number, Words(rule.Groups[2].Value));
            }
            else if (Bullet().Match(line) is { Success: true } bullet)
                yield return ($"{number}{letter++}", Words(bullet.Groups[1].Value));
        }
    }

    // The rule's first clause is its name.
    static string Words(string rule)
    {
        int end = Clause().Match(rule) is { Success: true } clause ? clause.Index : rule.Length;
        return end <= 90 ? rule[..end] : rule[..rule.LastIndexOf(' ', 90)] + " …";
    }

    [GeneratedRegex(@"^## (\d)\. ")]
    private static partial Regex Section();

    [GeneratedRegex(@"^(\d+)\. (.*)")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^   - (.*)")]
    private static partial Regex Bullet();

    [GeneratedRegex(@"[.:;](?= |$)")]
    private static partial Regex Clause();
}
