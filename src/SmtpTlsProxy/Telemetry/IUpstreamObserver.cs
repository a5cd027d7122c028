using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>A word with a server, as an observer is told of it.</summary>
enum SetupStep : byte { Greeting, Ehlo, StartTls, XClient, XForward, Quit }

/// <summary>
/// Hears how an upstream is made ready: a session's record counts it, a health check keeps the end, <c>probe</c> and <c>explain</c> show each step.
/// What a session does not count does nothing unless it is overridden.
/// </summary>
interface IUpstreamObserver
{
    /// <summary>An attempt at a destination (its configured id) begins.</summary>
    void UpstreamAttempt(string destination);

    /// <summary>It is over.</summary>
    void UpstreamConnect(string destination, ConnectResult result, in ConnectPhases phases = default);

    /// <summary>STARTTLS was used, or why not.</summary>
    void UpstreamStartTls(UpstreamStartTls outcome);

    /// <summary>The handshake begins; <see cref="UpstreamHandshake"/> follows.</summary>
    void UpstreamHandshakeBegan();

    /// <summary>The handshake is over, well or not.</summary>
    void UpstreamHandshake(HandshakeResult result);

    /// <summary>The server did what it must not.</summary>
    void Violated(Violation kind, bool byClient);

    /// <summary>A rule refused, or would have but for <c>reportOnly</c>.</summary>
    void Policy(ReportOnly rule, bool refused);

    /// <summary>Hears nothing.</summary>
    static IUpstreamObserver Deaf { get; } = new DeafObserver();

    /// <summary>The addresses that will be tried, in this order.</summary>
    void Resolved(IReadOnlyList<EndPoint> addresses) { }

    /// <summary>One address was dialled. <paramref name="detail"/>: the system's own words where it failed.</summary>
    void Dialled(EndPoint to, ConnectResult result, string detail) { }

    /// <summary>The server said this; in the clear until <see cref="UpstreamHandshake"/>.</summary>
    void Heard(SetupStep step, int code, ReadOnlySpan<byte> reply) { }

    /// <summary>The server is less safe than it was (rule 4.5). <paramref name="loss"/>: stripped or weakened.</summary>
    void UpstreamDowngraded(string destination, string loss, string now, string best, bool refused) { }
}

sealed class DeafObserver : IUpstreamObserver
{
    public void UpstreamAttempt(string destination) { }

    public void UpstreamConnect(string destination, ConnectResult result, in ConnectPhases phases) { }

    public void UpstreamStartTls(UpstreamStartTls outcome) { }

    public void UpstreamHandshakeBegan() { }

    public void UpstreamHandshake(HandshakeResult result) { }

    public void Violated(Violation kind, bool byClient) { }

    public void Policy(ReportOnly rule, bool refused) { }
}
