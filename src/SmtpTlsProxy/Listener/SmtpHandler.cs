using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Session;

namespace SmtpTlsProxy.Listener;

/// <summary>The end of the pipeline: one proxy session for a client that passed everything before.</summary>
static class SmtpHandler
{
    public static async Task OnConnectedAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        EndPoint? original = session.Route.AsksForOriginal ? session.Connection.OriginalDestination : null;
        using ProxySession proxy = new(session.Client, session.Route, original, session.Connection.Waiter, session.Record);
        session.Ended(await proxy.RunAsync());
    }
}
