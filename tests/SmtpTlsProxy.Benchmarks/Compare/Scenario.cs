using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Which leg of the proxy is TLS.</summary>
enum Side
{
    /// <summary>The client's.</summary>
    Ingress,

    /// <summary>The server's.</summary>
    Egress,
}

/// <summary>A way through a proxy: a port of it, and the port of the sink behind. Where it resumes, the sink gives tickets.</summary>
readonly record struct Route(Side Side, TlsKind Tls, bool Resumes = false)
{
    /// <summary>All there are. Ingress has no route of its own for resuming: there it is the client's wish alone.</summary>
    public static IReadOnlyList<Route> All { get; } =
    [
        new(Side.Ingress, TlsKind.Implicit), new(Side.Ingress, TlsKind.StartTls),
        new(Side.Egress, TlsKind.Implicit), new(Side.Egress, TlsKind.StartTls), new(Side.Egress, TlsKind.Implicit, true), new(Side.Egress, TlsKind.StartTls, true),
    ];

    /// <summary>A word for configurations.</summary>
    public override string ToString() => $"{Side}_{Tls}{(Resumes ? "_tickets" : "")}".ToLowerInvariant();
}

/// <summary>One thing that is measured at every proxy.</summary>
sealed record Scenario(Side Side, TlsKind Tls, string Word, Work Work, Key Key, int Megabytes = 0)
{
    /// <summary>Clients at work at once.</summary>
    public int Clients { get; init; } = 16;

    public string Name => $"{Side}/{Tls}/{Word}/{Key}".ToLowerInvariant();

    public Route Route => new(Side, Tls, Side is Side.Egress && Work is Work.Resumed);

    public bool IsBulk => Megabytes > 0;

    public Letter Letter { get; } = Megabytes == 0 ? Letter.Small : Letter.OfMegabytes(Megabytes);
}

/// <summary>The kind of the certificate's key.</summary>
enum Key
{
    Ecdsa,
    Rsa,
}
