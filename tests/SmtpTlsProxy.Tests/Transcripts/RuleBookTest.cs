using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Transcripts;

/// <summary>Every rule has its transcript, and tests/README.md says which.</summary>
public class RuleBookTest
{
    static string Readme => Path.Combine(TranscriptFiles.Repository, "tests", "README.md");

    [Fact]
    public void EveryRuleIsShown() => Assert.Empty(RuleBook.Rules.Where(rule => RuleBook.ShownBy(rule.Number).Length == 0).Select(rule => rule.Number));

    [Fact]
    public void NothingIsExcusedThatIsShown() => Assert.DoesNotContain(RuleBook.Elsewhere.Keys, rule => TranscriptFiles.All.Any(transcript => transcript.Rules.Contains(rule)));

    [Fact]
    public void EveryTranscriptNamesRulesThatThereAre()
    {
        HashSet<string> known = [.. RuleBook.Rules.Select(rule => rule.Number)];
        Assert.All(TranscriptFiles.All, transcript => Assert.True(transcript.Rules.Count > 0 && transcript.Rules.All(known.Contains), $"{transcript.Name}: {string.Join(' ', transcript.Rules)}"));
    }

    /// <summary>With SMTP_TLS_PROXY_TESTS_WRITE=1 the table is written instead.</summary>
    [Fact]
    public void TheReadmeCarriesTheTable()
    {
        string text = File.ReadAllText(Readme);
        int begin = text.IndexOf(RuleBook.Begin, StringComparison.Ordinal) + RuleBook.Begin.Length;
        int end = text.IndexOf(RuleBook.End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("SMTP_TLS_PROXY_TESTS_WRITE") == "1")
            File.WriteAllText(Readme, $"{text[..begin]}\n{RuleBook.Markdown()}\n{text[end..]}");
        else
            Assert.Equal(RuleBook.Markdown(), text[begin..end].Trim());
    }
}
