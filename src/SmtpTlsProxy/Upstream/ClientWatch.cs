using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Upstream;

/// <summary>Looks whether the client is still there while an upstream is being opened for it.</summary>
static class ClientWatch
{
    /// <summary>True after RST, or FIN without an octet: a client that said something and then FIN still wants its answers (rule 6.6).</summary>
    public static bool HasLeft(Leg client) => client.LookForEnd() is ReadStatus.End or ReadStatus.Truncated or ReadStatus.Lost;

    /// <summary>How an attempt is counted that its client, or the end of the process, made needless.</summary>
    public static ConnectResult ResultOf(Leg client) => client.Waiter.IsAborted ? ConnectResult.Aborted : ConnectResult.ClientLost;

    /// <summary>How a session ends whose client left before it was greeted, or which the process ended as it does in a drain.</summary>
    public static OpenResult Gone(Leg client) => OpenResult.ClientGone(client.Waiter.IsAborted ? EndReason.Drain
        : client.ProbeEnd() is ReadStatus.Lost ? EndReason.ClientLost : EndReason.Empty);
}
