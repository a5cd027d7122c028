namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A directory of one test, gone with it. Readable by all: servers drop to a user of their own.</summary>
sealed class Scratch : IDisposable
{
    public Scratch()
    {
        Folder = Directory.CreateTempSubdirectory("smtp-tls-proxy-").FullName;
        File.SetUnixFileMode(Folder, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    public string Folder { get; }

    public string PathTo(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] octets)
    {
        string path = PathTo(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, octets);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A server that is just stopping may still write; what is left lies in the temporary folder.
        }
    }
}
