using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Sinks;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>What every proxy is given alike.</summary>
/// <param name="Scratch">Where its configuration lies.</param>
/// <param name="Certificates">What it shows, and whom it believes.</param>
/// <param name="Sink">What stands behind it.</param>
/// <param name="Threads">Its loops, threads or workers.</param>
sealed record Surroundings(Scratch Scratch, Certificates Certificates, SinkPorts Sink, int Threads)
{
    /// <summary>The cipher that all share, and that ours prefers.</summary>
    public const string CipherSuite = "TLS_AES_128_GCM_SHA256";

    /// <summary>Sessions at once that every one is set up for, without reserving memory for many more.</summary>
    public const int Sessions = 6_000;

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
