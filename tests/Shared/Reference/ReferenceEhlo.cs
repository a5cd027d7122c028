using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>What an EHLO answer's lines may become, from the words of rule 1.3. Lines are compared word by word, so blanks do not matter.</summary>
public static class ReferenceEhlo
{
    static readonly string[] _hidden =
    [
        "STARTTLS", "XCLIENT", "XFORWARD", "XEXCH50", "X-LINK2STATE", "X-EXPS", "X-ANONYMOUSTLS", "BURL", "TURN", "ATRN", "PRDR", "PIPECONNECT",
        "X_PIPE_CONNECT", "CHECKPOINT", "VERB",
    ];

    /// <param name="lines">The texts behind code and separator; the first is the server's name.</param>
    /// <param name="policy">What may pass.</param>
    public static List<string> Rewrite(IReadOnlyList<string> lines, EhloPolicy policy)
    {
        bool boundScram = lines.Skip(1).Where(IsAuth).SelectMany(Mechanisms).Any(name => IsScram(name) && IsPlus(name));
        List<string> kept = [lines[0], .. lines.Skip(1).Select(line => Line(line, policy, boundScram)).OfType<string>()];
        if (policy.OfferStartTls)
            kept.Add("STARTTLS");
        return kept;
    }

    static string? Line(string line, EhloPolicy policy, bool boundScram)
    {
        string keyword = Keyword(line);
        if (_hidden.Contains(keyword) || keyword.StartsWith("XPROXY") || keyword.StartsWith("XSHADOW"))
            return null;
        return keyword switch
        {
            "AUTH" => Auth(line, policy, boundScram),
            "REQUIRETLS" => policy.BothLegsTlsAndVerified ? line : null,
            "CHUNKING" or "BINARYMIME" => policy.HideChunking ? null : line,
            "SIZE" when policy.MaxMessageSize is { } most => Size(line, most),
            _ => line,
        };
    }

    static string? Auth(string line, EhloPolicy policy, bool boundScram)
    {
        string[] kept = [.. Mechanisms(line).Where(name => !IsPlus(name) && !Is(name, "EXTERNAL") && !(boundScram && IsScram(name)))];
        return !policy.AuthAllowed || kept.Length == 0 ? null : $"{line.TrimStart(' ', '\t')[..5]}{string.Join(' ', kept)}";
    }

    static string Size(string line, long most)
    {
        string offered = line.TrimStart(' ', '\t').Skip(5).Aggregate("", (text, octet) => text + octet).Trim(' ', '\t');
        if (offered.Length > 0 && !offered.All(char.IsAsciiDigit))
            return line;                                // says nothing that could be lowered
        return long.TryParse(offered, out long size) && size > 0 && size <= most ? line : $"{line.Trim(' ', '\t')[..4]} {most}";
    }

    public static string Keyword(string line) =>
        new string([.. line.TrimStart(' ', '\t').TakeWhile(octet => char.IsAsciiLetterOrDigit(octet) || octet is '-' or '_')]).ToUpperInvariant();

    static bool IsAuth(string line) => Keyword(line) == "AUTH";

    static IEnumerable<string> Mechanisms(string line) =>
        line.TrimStart(' ', '\t').Skip(5).Aggregate("", (text, octet) => text + octet).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    static bool IsPlus(string name) => name.EndsWith("-PLUS", StringComparison.OrdinalIgnoreCase);

    static bool IsScram(string name) => name.StartsWith("SCRAM-", StringComparison.OrdinalIgnoreCase);

    static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
