namespace SmtpTlsProxy.Tests.Shared;

/// <summary>The transcripts of this repository.</summary>
static class TranscriptFiles
{
    static readonly Lazy<IReadOnlyList<Transcript>> s_all = new(() => [.. Names().Select(Read)]);

    /// <summary>The repository, found upwards from the built tests.</summary>
    public static string Repository { get; } = Find();

    public static IReadOnlyList<Transcript> All => s_all.Value;

    public static Transcript Of(string name) => All.First(transcript => transcript.Name == name);

    static string Root => Path.Combine(Repository, "tests", "Transcripts");

    static IEnumerable<string> Names() => Directory.EnumerateFiles(Root, "*.txt", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file)[..^".txt".Length].Replace('\\', '/')).Order(StringComparer.Ordinal);

    static Transcript Read(string name) => TranscriptReader.Read(name, File.ReadLines(Path.Combine(Root, name + ".txt")));

    static string Find()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "SmtpTlsProxy.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("the repository");
    }
}
