using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Session;

namespace SmtpTlsProxy.Listener;

/// <summary>The end of the pipeline: one proxy session for a client that passed everything before.</summary>
static class SmtpHandler
{
    public static async Task OnConnectedAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        using ProxySession proxy = new(session.Client, session.Route, session.Connection.OriginalDestination, session.Connection.Waiter, session.Record);
        session.Ended(await proxy.RunAsync());
    }
}
