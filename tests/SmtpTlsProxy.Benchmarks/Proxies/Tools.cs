namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>Programs of others, on the path or where administrators' programs lie.</summary>
static class Tools
{
    public static string? PathOf(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/bin").Append("/usr/local/sbin")
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
