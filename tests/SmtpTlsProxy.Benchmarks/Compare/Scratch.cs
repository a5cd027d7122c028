using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>A folder that lives as long as the run.</summary>
sealed class Scratch : IDisposable
{
    public Scratch() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();

    public string Folder { get; } = Directory.CreateTempSubdirectory("smtp-tls-proxy-bench-").FullName;

    public string PathTo(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathTo(name), text);
        return PathTo(name);
    }

    public void Dispose()
    {
        Children.EndAll();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // It was disposed before.
        }
        catch (IOException busy)
        {
            // Two threads at it, at a signal. At the end of a process there is nobody left to throw to.
            Console.Error.WriteLine($"{Folder} is left behind: {busy.Message}");
        }
    }
}
