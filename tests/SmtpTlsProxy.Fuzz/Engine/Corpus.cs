namespace SmtpTlsProxy.Fuzz;

/// <summary>The committed seeds, copied beside the binary.</summary>
static class Corpus
{
    public static IEnumerable<byte[]> Of(string target)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "corpus", target);
        return Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
    }
}
