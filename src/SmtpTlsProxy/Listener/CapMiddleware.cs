using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Listener;

/// <summary>Who may use a listener, and how many at a time; the address is the one that a PROXY header gave.</summary>
sealed class CapMiddleware(ConnectionDelegate next, ListenerCaps caps)
{
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        ListenerConfiguration listener = session.Route.Listener;
        IPAddress? address = (session.Client.Remote as IPEndPoint)?.Address;
        if (!ListenerCaps.Allows(listener, address))
        {
            await session.RefuseAsync(EndReason.Policy, OwnReplies.NotAllowed);
            return;
        }
        if (caps.TryEnter(listener, address) is { } limit)
        {
            session.Record.LimitRejected(limit);
            await session.RefuseAsync(EndReason.Limit, OwnReplies.TooManyConnections);
            return;
        }
        try
        {
            await next(context);
        }
        finally
        {
            caps.Leave(listener, address);
        }
    }
}
