using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Listener;

/// <summary>PROXY v1 and v2 from listed balancers, who must send it; any other peer is closed, header or not (rule 6.8).</summary>
sealed class ProxyHeaderMiddleware(ConnectionDelegate next, ListenerConfiguration listener)
{
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        EndReason refused = IsBalancer(session.Client.Remote) ? await ProxyHeaderReader.ReadAsync(session.Client, session.Record, session.Route.Timeouts.ProxyHeader) : EndReason.Policy;
        if (refused is EndReason.None)
            await next(context);
        else
            await session.RefuseAsync(refused, null);
    }

    bool IsBalancer(EndPoint? peer) => peer is IPEndPoint { Address: var address } && Networks.Contain(listener.ProxyProtocolFrom, address);
}
