using System.Text.Json;
using System.Text.Json.Serialization;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>
/// What was seen, on disk: <c>security.json</c> in the state directory. Whole or not at all: written beside it, flushed to the disk, renamed over it.
/// One process writes it; replicas have directories of their own.
/// </summary>
sealed class SecurityFile(string directory, TimeProvider time)
{
    const int Version = 1;

    /// <summary>Far more than is ever written: ten thousand destinations take a quarter of it.</summary>
    const int Most = 16 * 1024 * 1024;

    public string Path { get; } = System.IO.Path.Combine(directory, "security.json");

    /// <summary>
    /// What is there; nothing where there is no file. One that cannot be understood is set aside under another name, told in
    /// <paramref name="setAside"/>: it is not written over, and no start fails for it.
    /// </summary>
    public IReadOnlyList<RememberedServer> Load(out string? setAside)
    {
        setAside = null;
        try
        {
            return Read();
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            setAside = $"{Path} cannot be understood ({e.Message}) and was set aside as {SetAside("corrupt")}: what was seen of servers before is not known.";
            return [];
        }
    }

    /// <summary>Gives it another name, so that it is not written over, and tells that. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public string SetAside(string why)
    {
        string aside = $"{Path}.{why}-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        File.Move(Path, aside, overwrite: true);
        return aside;
    }

    /// <summary>What is there, for whoever only looks. Throws <see cref="JsonException"/>, <see cref="InvalidDataException"/> or <see cref="IOException"/> where it cannot be read.</summary>
    public IReadOnlyList<RememberedServer> Read()
    {
        if (Octets() is not { } octets)
            return [];
        SecurityContent? content = JsonSerializer.Deserialize(octets, SecurityJson.Default.SecurityContent);
        if (content is not { Version: Version, Servers: { } servers })
            throw new InvalidDataException($"its version is {content?.Version}, and this program knows {Version}");
        return [.. servers.Select(server => server?.ToServer() ?? throw new InvalidDataException("a server has no entry"))];
    }

    // Null: there is none. One that may not be looked at is no such case, which File.Exists would say.
    byte[]? Octets()
    {
        try
        {
            using FileStream file = File.OpenRead(Path);
            if (file.Length > Most)
                throw new InvalidDataException($"it has {file.Length} octets");
            byte[] octets = new byte[file.Length];
            file.ReadExactly(octets);
            return octets;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; then what was there before is there.</summary>
    public void Write(IReadOnlyList<RememberedServer> servers)
    {
        SecurityContent content = new() { Version = Version, Servers = [.. servers.Select(SecurityEntry.Of)] };
        string next = Path + ".new";
        using (FileStream file = new(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            JsonSerializer.Serialize(file, content, SecurityJson.Default.SecurityContent);
            file.Flush(flushToDisk: true);
        }
        // The folder itself is not flushed: after a loss of power either file may be found, and both are whole.
        File.Move(next, Path, overwrite: true);
    }
}

/// <summary>The file's form.</summary>
sealed record SecurityContent
{
    public required int Version { get; init; }
    public required SecurityEntry[] Servers { get; init; }
}

/// <summary>One destination in the file.</summary>
sealed record SecurityEntry
{
    public required string Upstream { get; init; }
    public required string Destination { get; init; }
    public required string Address { get; init; }
    public required UpstreamSecurity Best { get; init; }
    public string BestTls { get; init; } = "";
    public required DateTimeOffset Since { get; init; }
    public required UpstreamSecurity Last { get; init; }
    public string LastTls { get; init; } = "";
    public required DateTimeOffset LastSince { get; init; }

    public static SecurityEntry Of(RememberedServer server) => new()
    {
        Upstream = server.Upstream,
        Destination = server.Destination,
        Address = server.Address,
        Best = server.Best.Level,
        BestTls = server.Best.Version,
        Since = server.Since,
        Last = server.Last.Level,
        LastTls = server.Last.Version,
        LastSince = server.LastSince,
    };

    public RememberedServer ToServer() => Upstream is null || Destination is null || Address is null
        ? throw new InvalidDataException("a server's entry is not whole")
        : new(Upstream, Destination, Address, Known(Best, BestTls), Since, Known(Last, LastTls), LastSince);

    // What no handshake can have had would be demanded for ever, or never.
    static SeenSecurity Known(UpstreamSecurity level, string version) => new SeenSecurity(level, version) is { IsKnown: true } seen
        ? seen
        : throw new InvalidDataException("a server's security is none that there is");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SecurityContent))]
sealed partial class SecurityJson : JsonSerializerContext;
