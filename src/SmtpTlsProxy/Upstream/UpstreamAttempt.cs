using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>One try at one destination: look its name up, connect, make the leg ready. Says how it went; closes what it does not hand on.</summary>
sealed class UpstreamAttempt(
    UpstreamConfiguration upstream, DestinationConfiguration destination, string? hostname, ClientTls tls, Dialler dialler, Leg client, EndPoint? original, SessionRecord record, Deadline ready)
{
    readonly ConnectClock _clock = new(client.Waiter.Loop.Time);

    public async ValueTask<OpenResult> RunAsync(Action released)
    {
        record.UpstreamAttempt(destination.Id);
        IReadOnlyList<EndPoint> addresses = await ResolveAsync();
        _clock.Dns();
        if (Interrupted() is { } interrupted)
            return interrupted;
        if (addresses.Count == 0)
            return Told(ConnectResult.Dns, OpenResult.Unavailable(OwnReplies.NoAddress));
        DialResult dialled = await DialAsync(addresses);
        _clock.Tcp();
        if (dialled.Leg is not { } leg)
            return Interrupted() ?? NotDialled(dialled.Error);
        UpstreamSetup setup = new(upstream, destination, hostname, tls, client, leg, record, ready, _clock);
        (ConnectResult result, OpenResult? failed) = await setup.RunAsync();
        if (failed is { } end)
        {
            await leg.CloseAsync(TimeSpan.Zero);                      // in order: no message has begun that an end could make look whole
            return Told(result, end);
        }
        return Told(ConnectResult.Ok, OpenResult.Ready(new UpstreamConnection(leg, upstream, setup.Security(), setup.OwnGreeting, released)));
    }

    async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync()
    {
        if (Addresses.Literal(destination, original) is { } known)
            return known;
        ForeignWork<IReadOnlyList<EndPoint>> work = client.Waiter.Loop.Foreign(client.Waiter, cancel => Addresses.ResolveAsync(destination, cancel));
        while (!work.IsDone)
        {
            Wake wake = await client.Waiter.NextAsync(ready);
            if (work.IsDone || (!wake.IsTimer && !IsInterrupted))
                continue;
            work.Cancel();
            return [];
        }
        return work.Result;
    }

    async ValueTask<DialResult> DialAsync(IReadOnlyList<EndPoint> addresses)
    {
        DialResult result = default;
        for (int tried = 0; tried < addresses.Count; tried++)
        {   // the last address may use all of connect; one before it that swallows packets leaves the others their share
            TimeSpan share = upstream.Timeouts.Connect / (addresses.Count - tried);
            result = await dialler.DialAsync(addresses[tried], client.Waiter, Deadline.Earlier(ready, client.Waiter.Loop.In(share)), client);
            if (result.Leg is not null || result.Error is DialError.ClientLost or DialError.Aborted)
                return result;
        }
        return result;
    }

    bool IsInterrupted => client.Waiter.IsAborted || client.Waiter.IsDraining || ClientWatch.HasLeft(client);

    /// <summary>Nobody needs the connection any more: the attempt is counted as that.</summary>
    OpenResult? Interrupted()
    {
        if (client.Waiter.IsAborted || ClientWatch.HasLeft(client))
            return Told(ClientWatch.ResultOf(client), ClientWatch.Gone(client));
        return client.Waiter.IsDraining ? Told(ConnectResult.Aborted, OpenResult.Refused(OwnReplies.Draining, EndReason.Drain)) : null;
    }

    OpenResult NotDialled(DialError error) => error switch
    {
        DialError.Timeout => Told(ConnectResult.Timeout, OpenResult.Unavailable(OwnReplies.UpstreamTimedOut, EndReason.Timeout)),
        DialError.Refused => Told(ConnectResult.Refused, OpenResult.Unavailable(OwnReplies.NoConnection)),
        DialError.Unreachable => Told(ConnectResult.Unreachable, OpenResult.Unavailable(OwnReplies.NoConnection)),
        DialError.NoDescriptor => Told(ConnectResult.NoDescriptor, OpenResult.Unavailable(OwnReplies.NoConnection)),
        _ => Told(ConnectResult.Other, OpenResult.Unavailable(OwnReplies.NoConnection)),
    };

    OpenResult Told(ConnectResult result, OpenResult open)
    {
        record.UpstreamConnect(destination.Id, result, _clock.Phases);
        return open;
    }
}
