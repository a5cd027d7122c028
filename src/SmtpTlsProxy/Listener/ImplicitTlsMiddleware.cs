using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;

namespace SmtpTlsProxy.Listener;

/// <summary>TLS from the first octet (RFC 8314), where the listener has it; a handshake that fails ends without words (rule 3.5).</summary>
sealed class ImplicitTlsMiddleware(ConnectionDelegate next)
{
    public Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        return session.Route.Listener.Tls is TlsMode.Implicit ? HandshakeAsync(context, session) : next(context);
    }

    async Task HandshakeAsync(ConnectionContext context, ListenerSession session)
    {
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
