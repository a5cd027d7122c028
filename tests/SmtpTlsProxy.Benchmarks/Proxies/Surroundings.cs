using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Sinks;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>What every proxy is given alike.</summary>
/// <param name="Scratch">Where its configuration lies.</param>
/// <param name="Certificates">What it shows, and whom it believes.</param>
/// <param name="Sink">What stands behind it.</param>
/// <param name="Loops">Loops, threads or workers of each; 0: as many as each has by itself.</param>
sealed record Surroundings(Scratch Scratch, Certificates Certificates, SinkPorts Sink, int Loops)
{
    /// <summary>The cipher that all share, and that ours prefers.</summary>
    public const string CipherSuite = "TLS_AES_128_GCM_SHA256";

    /// <summary>Sessions at once that every one is set up for, without reserving memory for many more.</summary>
    public const int Sessions = 6_000;

    /// <summary>Threads or workers of those that are told.</summary>
    public int Threads => Loops > 0 ? Loops : Environment.ProcessorCount;

    /// <summary>The sink's port behind a route.</summary>
    public int Behind(Route route) => route switch
    {
        { Side: Side.Ingress } => Sink.Plain,
        { Tls: TlsKind.Implicit, Resumes: true } => Sink.ImplicitTickets,
        { Tls: TlsKind.Implicit } => Sink.Implicit,
        { Resumes: true } => Sink.StartTlsTickets,
        _ => Sink.StartTls,
    };
}
