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
        EndReason refused = IsBalancer(session.Client.Remote) ? await ReadAsync(session) : EndReason.Policy;
        if (refused is EndReason.None)
            await next(context);
        else
            await session.RefuseAsync(refused, null);
    }

    bool IsBalancer(EndPoint? peer) => peer is IPEndPoint { Address: var address } && Networks.Contain(listener.ProxyProtocolFrom, address);

    // None when a header was taken; otherwise how the session ends without one.
    static async ValueTask<EndReason> ReadAsync(ListenerSession session)
    {
        Waiter wait = session.Connection.Waiter;
        Deadline deadline = wait.Loop.In(session.Route.Timeouts.ProxyHeader);
        while (true)
        {
            if (TryTake(session) is { } taken)
                return taken;
            Wake wake = await wait.NextAsync(deadline);
            if (wake.IsTimer || wake.IsAbort)
                return wake.IsTimer ? EndReason.Timeout : EndReason.Drain;
        }
    }

    // Null when more octets are needed.
    static EndReason? TryTake(ListenerSession session)
    {
        Span<byte> waiting = stackalloc byte[ProxyHeader.MaxLength];
        int count = session.Client.Peek(waiting);
        if (count is 0)
            return EndReason.Empty;                                   // a check that only connects
        if (count < 0)
            return count is Transport.OpenSsl.Wire.Lost ? EndReason.ClientLost : null;
        ProxyHeaderStatus status = ProxyHeader.TryParse(waiting[..count], out ProxyHeader header);
        if (status is not ProxyHeaderStatus.Ok)
            return status is ProxyHeaderStatus.NeedMore ? null : EndReason.Violation;
        session.Client.Skip(header.Length);
        if (header.Source is { } source)
        {
            session.Client.Remote = source;
            session.Client.Local = header.Destination ?? session.Client.Local;
            session.Record.ClientIs(source);
        }
        return EndReason.None;
    }
}
