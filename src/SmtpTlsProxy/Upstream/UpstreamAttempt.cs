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
    readonly bool _hasFullShare = HasFullShare(errand, upstream.Timeouts);

    /// <summary>The destination's name, if it has one that is looked up.</summary>
    public ResolvedName? Name { get; init; }

    /// <summary>Addresses that this session need not try again.</summary>
    public IReadOnlyCollection<EndPoint> Avoid { get; init; } = [];

    /// <summary>How it went.</summary>
    public ConnectResult Result { get; private set; } = ConnectResult.Other;

    /// <summary>The address that a connection was made to.</summary>
    public EndPoint? Reached { get; private set; }

    /// <summary>The destination is to blame: not the client, not this process, and no refusal that is meant for the client (rule 4.6).</summary>
    public bool IsFailure { get; private set; }

    /// <param name="seat">Left when the connection's session is over.</param>
    public async ValueTask<OpenResult> RunAsync(Seat? seat = null)
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
        Reached = leg.Remote;
        UpstreamSetup setup = new(upstream, destination, hostname, tls, errand, leg, _clock);
        (ConnectResult result, OpenResult? failed) = await setup.RunAsync();
        if (failed is { } end)
        {
            await leg.CloseAsync(TimeSpan.Zero);                      // in order: no message has begun that an end could make look whole
            return Told(result, end, setup.GreetingCode);
        }
        bool isGreeted = setup.GreetingCode is 220;
        UpstreamConnection connection = new(leg, upstream, setup.Security(), setup.OwnGreeting, seat);
        return Told(isGreeted ? ConnectResult.Ok : ConnectResult.Greeting, OpenResult.Ready(connection, setup.GreetingCode is >= 400 and < 500), setup.GreetingCode);
    }

    async ValueTask<IReadOnlyList<EndPoint>> ResolveAsync()
    {
        if (Addresses.Literal(destination, errand.Original) is { } literal)
            return literal;
        if (Name is null)
            return [];
        return Left(Name.Next() ?? await FirstAsync(Name));
    }

    // Nobody has answered for the name yet: the process has just begun.
    async ValueTask<IReadOnlyList<EndPoint>> FirstAsync(ResolvedName name)
    {
        ForeignWork<IReadOnlyList<EndPoint>> work = errand.Waiter.Loop.Foreign(errand.Waiter, name.FirstAsync);
        bool isLate = false;
        while (!work.IsDone)
        {
            if (isLate || errand.IsInterrupted)                       // looked at first: what was told before is not told again
            {
                work.Cancel();
                return [];
            }
            isLate = (await errand.Waiter.NextAsync(errand.Ready)).IsTimer;
        }
        return work.Result;
    }

    IReadOnlyList<EndPoint> Left(IReadOnlyList<EndPoint> addresses)
    {
        if (Avoid.Count == 0)
            return addresses;
        EndPoint[] left = [.. addresses.Where(address => !Avoid.Contains(address))];
        return left.Length > 0 ? left : addresses;
    }

    async ValueTask<DialResult> DialAsync(IReadOnlyList<EndPoint> addresses)
    {
        DialResult result = await dialler.DialAnyAsync(addresses, errand.Waiter, Deadline.Earlier(errand.Ready, errand.Waiter.Loop.In(upstream.Timeouts.Connect)), errand.Client);
        errand.Observer.Dialled(result.Leg?.Remote ?? addresses[^1], ResultOf(result.Error), result.Detail);
        return result;
    }

    /// <summary>Nobody needs the connection any more: the attempt is counted as that.</summary>
    OpenResult? Interrupted()
    {
        if (errand.Interrupted() is not { } interrupted)
            return null;
        return Told(errand.IsAbandoned ? errand.AbandonedResult : ConnectResult.Aborted, interrupted);
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

    OpenResult Told(ConnectResult result, OpenResult open, int greeting = 0)
    {
        Result = result;
        IsFailure = IsToBlame(result, greeting) && (_hasFullShare || open.End.Reason is not EndReason.Timeout);
        errand.Observer.UpstreamConnect(destination.Id, result, _clock.Phases);
        return open;
    }

    // Who came late because of the queue, or of others that were tried before, has less: what a destination does not manage then says nothing about it.
    static bool HasFullShare(Errand errand, TimeoutConfiguration timeouts)
    {
        TimeSpan share = timeouts.Attempt < timeouts.UpstreamReady ? timeouts.Attempt : timeouts.UpstreamReady;
        return errand.Ready.Timestamp >= errand.Waiter.Loop.In(share).Timestamp;
    }

    // A greeting other than 421 may be meant for this client alone, and so may a refused XCLIENT.
    static bool IsToBlame(ConnectResult result, int greeting) => result switch
    {
        ConnectResult.Ok or ConnectResult.ClientLost or ConnectResult.Aborted or ConnectResult.NoDescriptor or ConnectResult.Identity => false,
        ConnectResult.Greeting => greeting == 421,
        _ => true,
    };
}
