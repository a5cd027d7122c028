using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;

namespace SmtpTlsProxy.Listener;

/// <summary>TLS from the first octet (RFC 8314); a handshake that fails ends without words (rule 3.5).</summary>
sealed class ImplicitTlsMiddleware(ConnectionDelegate next)
{
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        SessionEnd failed = await ClientHandshake.RunAsync(session.Client, session.Route, session.Record, startTls: false);
        if (!failed.IsEnd)
        {
            await next(context);
            return;
        }
        session.Ended(failed);
        await session.Client.CloseAsync(TimeSpan.Zero);
    }
}
