using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>The client leg's handshake, implicit or behind STARTTLS: under the listener's cap, counted, and judged when it fails.</summary>
static class ClientHandshake
{
    /// <summary>No end when TLS stands; otherwise how the session ends, without words (rule 3.5).</summary>
    public static async ValueTask<SessionEnd> RunAsync(Leg client, SessionRoute route, SessionRecord record, bool startTls)
    {
        record.ClientHandshakeBegan();
        Handshake handshake = route.Handshakes.Enter(client);
        HandshakeResult tls;
        try
        {
            tls = await client.UpgradeAsync(route.ServerTls!.Context, null, route.Timeouts.Handshake, handshake);
        }
        finally
        {
            handshake.Leave();
        }
        if (handshake.WasEnded)
        {   // its time was shorter than the timer's, no more
            record.LimitRejected(Limit.Handshakes);
            tls = tls with { Outcome = HandshakeOutcome.Timeout };
        }
        record.ClientHandshake(tls, startTls);
        if (tls.ForeignAlpn)                                          // rule 3.6
            record.Policy(ReportOnly.Alpn, refused: !route.Rules.ReportOnly.HasFlag(ReportOnly.Alpn));
        return tls.Succeeded ? SessionEnd.None : EndOf(client, tls, handshake.WasEnded, startTls);
    }

    static SessionEnd EndOf(Leg client, HandshakeResult tls, bool madeRoom, bool startTls)
    {
        if (client.Waiter.IsAborted)
            return Ends.Aborted;
        if (madeRoom)
            return Ends.MadeRoom;
        return !startTls && tls is { PeerWasSilent: true, Outcome: HandshakeOutcome.Closed } ? Ends.Empty : Ends.HandshakeFailed(tls);
    }
}
