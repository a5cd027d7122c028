namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>A folder that lives as long as the run.</summary>
sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("smtp-tls-proxy-bench-").FullName;

    public string PathTo(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathTo(name), text);
        return PathTo(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
