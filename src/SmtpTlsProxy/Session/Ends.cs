using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>The ends that the session itself decides; all others come from the dialogue or from opening the upstream.</summary>
static class Ends
{
    /// <summary>How long a close waits for the peer to stop talking (rule 6.6).</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Plaintext stood behind STARTTLS (rule 3.3).</summary>
    public static readonly SessionEnd Injection = new()
    {
        Reason = EndReason.Violation,
        LastReply = OwnReplies.StartTlsInjection,
        Upstream = UpstreamParting.Quit,
    };

    /// <summary>The drain deadline passed, or the process ends.</summary>
    public static readonly SessionEnd Aborted = new() { Reason = EndReason.Drain, Upstream = UpstreamParting.Abort, ClientIsGone = true };

    /// <summary>The peer connected, said nothing and left.</summary>
    public static readonly SessionEnd Empty = new() { Reason = EndReason.Empty, ClientIsGone = true };

    /// <summary>The handshake that had waited longest for its peer, at the listener's cap (rule 6.2): no words; the idle upstream gets QUIT.</summary>
    public static readonly SessionEnd MadeRoom = new() { Reason = EndReason.Limit, Upstream = UpstreamParting.Quit, ClientIsGone = true };

    /// <summary>A handshake failed: no words, the idle upstream gets QUIT (rule 3.5).</summary>
    public static SessionEnd HandshakeFailed(HandshakeResult tls) => new()
    {
        Reason = tls.Outcome is HandshakeOutcome.Timeout ? EndReason.Timeout : tls.Outcome is HandshakeOutcome.Closed ? EndReason.ClientLost : EndReason.Violation,
        Upstream = UpstreamParting.Quit,
    };
}
