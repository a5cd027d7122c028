using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Listener;

/// <summary>TLS from the first octet (RFC 8314); a handshake that fails ends without words (rule 3.5).</summary>
sealed class ImplicitTlsMiddleware(ConnectionDelegate next)
{
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        session.Record.ClientHandshakeBegan();
        HandshakeResult tls = await session.Client.UpgradeAsync(session.Route.ServerTls!.Context, null, session.Route.Timeouts.Handshake);
        session.Record.ClientHandshake(tls, startTls: false);
        if (tls.Succeeded)
        {
            await next(context);
            return;
        }
        session.Ended(tls is { PeerWasSilent: true, Outcome: HandshakeOutcome.Closed } ? Ends.Empty : Ends.HandshakeFailed(tls));
        await session.Client.CloseAsync(TimeSpan.Zero);
    }
}
