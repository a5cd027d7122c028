namespace SmtpTlsProxy.Configuration;

/// <summary>The README's reference is the key table's.</summary>
public class ReadmeReference
{
    [Fact]
    public void TheReadmeCarriesTheReferenceOfTheKeyTable()
    {
        if (Find() is not { } readme) return;                         // no README yet, or none with the markers
        string text = File.ReadAllText(readme);
        int begin = text.IndexOf(Reference.Begin, StringComparison.Ordinal);
        int end = text.IndexOf(Reference.End, StringComparison.Ordinal);
        if (begin < 0) return;
        Assert.Equal(Reference.Markdown().Trim(), text[(begin + Reference.Begin.Length)..end].Trim());
    }

    [Fact]
    public void TheReferenceNamesEveryKeyThatIsNotARepeatedDefault()
    {
        string markdown = Reference.Markdown();
        Assert.All(KeyTable.Keys.Where(key => key.Path.StartsWith("defaults.", StringComparison.Ordinal) || !key.Path.Contains(".limits.") && !key.Path.Contains(".timeouts.")),
            key => Assert.Contains($"| `{key.Path}` |", markdown, StringComparison.Ordinal));
        Assert.Contains("| `upstreams.*.ratchet` | `disabled`, `report`, `enforce` | `report` | What happens when a server is less safe than before: disabled forgets what was seen. |", markdown, StringComparison.Ordinal);
    }

    static string? Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "SmtpTlsProxy.sln")))
                return Path.Combine(directory.FullName, "README.md") is var readme && File.Exists(readme) ? readme : null;
        return null;
    }
}
