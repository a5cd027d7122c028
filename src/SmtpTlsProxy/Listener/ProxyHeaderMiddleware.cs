using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Listener;

/// <summary>
/// PROXY v1 and v2 from listed balancers, who must send it; any other peer is closed, header or not (rule 6.8).
/// The header is looked at and received to its exact length: a ClientHello usually shares its segment.
/// </summary>
sealed class ProxyHeaderMiddleware(ConnectionDelegate next, ListenerConfiguration listener)
{
    public async Task OnConnectionAsync(ConnectionContext context)
    {
        ListenerSession session = ListenerSession.Of(context);
        if (!IsBalancer(session.Client.Remote) || !await ReadAsync(session))
        {
            await session.RefuseAsync(EndReason.Policy, null);
            return;
        }
        await next(context);
    }

    bool IsBalancer(EndPoint? peer) => peer is IPEndPoint { Address: var address } && Networks.Contain(listener.ProxyProtocolFrom, address);

    static async ValueTask<bool> ReadAsync(ListenerSession session)
    {
        Waiter wait = session.Connection.Waiter;
        Deadline deadline = wait.Loop.In(session.Route.Timeouts.ProxyHeader);
        while (true)
        {
            if (TryTake(session) is { } taken)
                return taken;
            Wake wake = await wait.NextAsync(deadline);
            if (wake.IsTimer || wake.IsAbort)
                return false;
        }
    }

    /// <summary>True when a header was taken, false when there is none to come, null when more octets are needed.</summary>
    static bool? TryTake(ListenerSession session)
    {
        Span<byte> waiting = stackalloc byte[ProxyHeader.MaxLength];
        int count = session.Client.Peek(waiting);
        if (count is 0 or Transport.OpenSsl.Wire.Lost)
            return false;
        if (count < 0)
            return null;
        ProxyHeaderStatus status = ProxyHeader.TryParse(waiting[..count], out ProxyHeader header);
        if (status is not ProxyHeaderStatus.Ok)
            return status is ProxyHeaderStatus.NeedMore ? null : false;
        session.Client.Skip(header.Length);
        if (header.Source is { } source)
        {
            session.Client.Remote = source;
            session.Client.Local = header.Destination ?? session.Client.Local;
            session.Record.ClientIs(source);
        }
        return true;
    }

}
