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
    UpstreamConfiguration upstream, DestinationConfiguration destination, string? hostname, ClientTls tls, Dialler dialler, Errand errand)
{
    readonly ConnectClock _clock = new(errand.Waiter.Loop.Time);

    /// <summary>How it went.</summary>
    public ConnectResult Result { get; private set; } = ConnectResult.Other;

    /// <param name="released">Called when the connection's session is over.</param>
    public async ValueTask<OpenResult> RunAsync(Action? released = null)
    {
        errand.Observer.UpstreamAttempt(destination.Id);
        IReadOnlyList<EndPoint> addresses = await ResolveAsync();
        _clock.Dns();
        errand.Observer.Resolved(addresses);
        if (Interrupted() is { } interrupted)
            return interrupted;
        if (addresses.Count == 0)
            return Told(ConnectResult.Dns, OpenResult.Unavailable(OwnReplies.NoAddress));
        DialResult dialled = await DialAsync(addresses);
        _clock.Tcp();
        if (dialled.Leg is not { } leg)
            return Interrupted() ?? NotDialled(dialled.Error);
        UpstreamSetup setup = new(upstream, destination, hostname, tls, errand, leg, _clock);
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
        if (Addresses.Literal(destination, errand.Original) is { } known)
            return known;
        ForeignWork<IReadOnlyList<EndPoint>> work = errand.Waiter.Loop.Foreign(errand.Waiter, cancel => Addresses.ResolveAsync(destination, cancel));
        while (!work.IsDone)
        {
            Wake wake = await errand.Waiter.NextAsync(errand.Ready);
            if (work.IsDone || (!wake.IsTimer && !errand.IsInterrupted))
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
            result = await dialler.DialAsync(addresses[tried], errand.Waiter, Deadline.Earlier(errand.Ready, errand.Waiter.Loop.In(share)), errand.Client);
            errand.Observer.Dialled(addresses[tried], ResultOf(result.Error), result.Detail);
            if (result.Leg is not null || result.Error is DialError.ClientLost or DialError.Aborted)
                return result;
        }
        return result;
    }

    /// <summary>Nobody needs the connection any more: the attempt is counted as that.</summary>
    OpenResult? Interrupted()
    {
        if (errand.IsAbandoned)
            return Told(errand.AbandonedResult, errand.Abandoned());
        return errand.Waiter.IsDraining ? Told(ConnectResult.Aborted, OpenResult.Refused(OwnReplies.Draining, EndReason.Drain)) : null;
    }

    OpenResult NotDialled(DialError error) => Told(ResultOf(error), error is DialError.Timeout
        ? OpenResult.Unavailable(OwnReplies.UpstreamTimedOut, EndReason.Timeout)
        : OpenResult.Unavailable(OwnReplies.NoConnection));

    static ConnectResult ResultOf(DialError error) => error switch
    {
        DialError.None => ConnectResult.Ok,
        DialError.Timeout => ConnectResult.Timeout,
        DialError.Refused => ConnectResult.Refused,
        DialError.Unreachable => ConnectResult.Unreachable,
        DialError.NoDescriptor => ConnectResult.NoDescriptor,
        DialError.ClientLost => ConnectResult.ClientLost,
        DialError.Aborted => ConnectResult.Aborted,
        _ => ConnectResult.Other,
    };

    OpenResult Told(ConnectResult result, OpenResult open)
    {
        Result = result;
        errand.Observer.UpstreamConnect(destination.Id, result, _clock.Phases);
        return open;
    }
}
