using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Listener;

/// <summary>PROXY v1 and v2, on a listener with listed balancers, who must send it; any other peer is closed, header or not (rule 6.8).</summary>
sealed class ProxyHeaderMiddleware(ConnectionDelegate next)
{
    public Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        IReadOnlyList<IPNetwork> balancers = session.Route.Listener.ProxyProtocolFrom;
        return balancers.Count > 0 ? TakeHeaderAsync(context, session, balancers) : next(context);
    }

    async Task TakeHeaderAsync(ConnectionContext context, ListenerSession session, IReadOnlyList<IPNetwork> balancers)
    {
        EndReason refused = IsBalancer(balancers, session.Client.Remote)
            ? await ProxyHeaderReader.ReadAsync(session.Client, session.Record, session.Route.Timeouts.ProxyHeader)
            : EndReason.Policy;
        if (refused is EndReason.None)
            await next(context);
        else
            await session.RefuseAsync(refused, null);
    }

    static bool IsBalancer(IReadOnlyList<IPNetwork> balancers, EndPoint? peer) => peer is IPEndPoint { Address: var address } && Networks.Contain(balancers, address);
}
