using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Listener;

/// <summary>Takes the header off a balancer's connection. It is looked at and received to its exact length: a ClientHello usually shares its segment.</summary>
static class ProxyHeaderReader
{
    /// <summary>None when a header was taken; otherwise how the session ends without one.</summary>
    public static async ValueTask<EndReason> ReadAsync(Leg client, SessionRecord record, TimeSpan limit)
    {
        Waiter wait = client.Waiter;
        Deadline deadline = wait.Loop.In(limit);
        while (true)
        {
            if (TryTake(client, record) is { } taken)
                return taken;
            if (wait.IsDraining)
                return EndReason.Drain;                               // nothing was asked yet that would be answered
            Wake wake = await wait.NextAsync(deadline);
            if (wake.IsTimer || wake.IsAbort)
                return wake.IsTimer ? EndReason.Timeout : EndReason.Drain;
        }
    }

    // Null when more octets are needed.
    static EndReason? TryTake(Leg client, SessionRecord record)
    {
        bool isAll = client.PeerEnded;                                // asked first: what came before the end is seen below
        Span<byte> waiting = stackalloc byte[ProxyHeader.MaxLength];
        int count = client.Peek(waiting);
        if (count is 0)
            return EndReason.Empty;                                   // a check that only connects
        if (count < 0)
            return count is Wire.Lost ? EndReason.ClientLost : null;
        ProxyHeaderStatus status = ProxyHeader.TryParse(waiting[..count], out ProxyHeader header);
        if (status is ProxyHeaderStatus.NeedMore)
            return isAll ? EndReason.ClientLost : null;               // a peek finds half a header for ever, its FIN never
        if (status is not ProxyHeaderStatus.Ok)
            return EndReason.Violation;
        client.Skip(header.Length);
        if (header.Source is { } source)
        {
            client.Remote = source;
            client.Local = header.Destination ?? client.Local;
            record.ClientIs(source);
        }
        return EndReason.None;
    }
}
