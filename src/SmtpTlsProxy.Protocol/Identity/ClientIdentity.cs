using System.Net;

namespace SmtpTlsProxy.Protocol;

/// <summary>What the proxy knows of a client when it tells the upstream (rule 6.8). No name from reverse DNS is among it.</summary>
public readonly record struct ClientIdentity
{
    /// <summary>Where the client connects from.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>Where it connected to; null if unknown.</summary>
    public IPEndPoint? Destination { get; init; }

    /// <summary>The argument of its EHLO or HELO; null before that.</summary>
    public string? Helo { get; init; }

    /// <summary>It said EHLO (true) or HELO (false); null before that.</summary>
    public bool? SaidEhlo { get; init; }

    /// <summary>The user that authenticated; null if none, or not known yet.</summary>
    public string? Login { get; init; }
}
