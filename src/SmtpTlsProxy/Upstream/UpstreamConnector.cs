using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Opens connections to one upstream: waits for a place, picks a destination, dials it, makes the leg safe, tells who the client is. All before the client
/// is greeted, so every failure is a clean 421 (rule 4.6).
/// </summary>
sealed class UpstreamConnector(UpstreamConfiguration upstream, string? hostname, Clusters clusters, ClientTls tls, Dialler dialler)
{
    readonly Picker _picker = new(upstream.LoadBalancing);
    readonly Admission _admission = clusters.AdmissionOf(upstream.Name);        // those of earlier configurations count too
    readonly ResolvedName?[] _names = [.. upstream.Destinations.Select(clusters.Names.Of)];

    public UpstreamConfiguration Configuration => upstream;

    /// <summary>How the destinations stand, in the order of the configuration.</summary>
    public Standing[] Standings { get; } = [.. upstream.Destinations.Select(destination => clusters.StandingOf(upstream.Name, destination.Id))];

    /// <summary>Opens a connection for <paramref name="client"/> (which was going to <paramref name="original"/> before it was redirected here), or says how its session ends.</summary>
    public async ValueTask<OpenResult> OpenAsync(Leg client, EndPoint? original, SessionRecord record)
    {
        Errand errand = new(client.Waiter, client, original, client.Waiter.Loop.In(ReadyLimit), record);
        if (!_admission.TryEnter(upstream.Limits.Connections) && await WaitAsync(errand, record) is { } refused)
            return refused;
        bool opened = false;
        try
        {
            OpenResult result = await FromAnyAsync(errand, record);
            opened = result.Connection is not null;
            return result;
        }
        finally
        {
            if (!opened)
                _admission.Leave();
        }
    }

    /// <summary>A destination that was not tried and may be now; -1: none.</summary>
    public int Pick(bool[] tried) => _picker.Next(clusters.Available(upstream), Standings, tried);

    /// <summary>There is one more.</summary>
    public bool HasOthers(bool[] tried) => Picker.HasAny(clusters.Available(upstream), Standings, tried);

    public bool IsUp(int at) => clusters.IsUp(upstream.Name, Standings[at].Id);

    /// <summary>How many addresses a destination has.</summary>
    public int AddressesOf(int at) => _names[at]?.Count ?? 1;

    /// <summary>An attempt behind which others are left does not use up their time.</summary>
    public Errand OneOfSeveral(Errand errand) => errand.Until(errand.Waiter.Loop.In(upstream.Timeouts.Attempt));

    public UpstreamAttempt Attempt(int at, Errand errand, IReadOnlyCollection<EndPoint> avoid) =>
        new(upstream, upstream.Destinations[at], hostname, tls, dialler, errand) { Name = _names[at], Avoid = avoid };

    /// <summary>Runs an attempt in a seat of its own, and learns from it how the destination does.</summary>
    public async ValueTask<OpenResult> RunAsync(UpstreamAttempt attempt, int at, SessionRecord record)
    {
        Seat seat = new(_admission, Standings[at], record);
        bool opened = false;
        seat.Take();
        try
        {
            OpenResult result = await attempt.RunAsync(seat);
            opened = result.Connection is not null;
            if (attempt.Result is ConnectResult.Ok || attempt.IsFailure)
                clusters.Tried(upstream, Standings[at], attempt.IsFailure, attempt.Result);
            return result;
        }
        finally
        {
            if (!opened)
                seat.GiveUp();
        }
    }

    /// <summary>Checks of the destinations that can be checked, where the configuration asks for them.</summary>
    public IEnumerable<HealthCheck> Checks(UpstreamMetrics metrics) => upstream.Health is not { } health ? [] :
        from at in Enumerable.Range(0, Standings.Length)
        where upstream.Destinations[at].Kind is not DestinationKind.Original
        select new HealthCheck(health, (check, waiter) => CheckAsync(check, at, waiter, health, metrics.Destination(upstream.Destinations[at].Id)));

    /// <summary>Says in the metrics how it stands.</summary>
    public void Publish(UpstreamMetrics metrics)
    {
        metrics.Waiting = _admission.Waiting;
        for (int at = 0; at < Standings.Length; at++)
        {
            DestinationMetrics destination = metrics.Destination(Standings[at].Id);
            destination.IsUp = IsUp(at);
            destination.IsCircuitOpen = Standings[at].Circuit.IsOpen;
        }
    }

    /// <summary>How long a client waits for its greeting. A server of slow greeting (greylisting by delay) has a whole reply's time: RFC 5321 section 4.5.3.2.1 gives it five minutes.</summary>
    TimeSpan ReadyLimit => upstream.Quirks.HasFlag(Quirks.SlowGreeting) && upstream.Timeouts.Reply > upstream.Timeouts.UpstreamReady
        ? upstream.Timeouts.Reply
        : upstream.Timeouts.UpstreamReady;

    /// <summary>Null once it is the session's turn (rule 6.3). A session counts once, however many destinations it tries.</summary>
    async ValueTask<OpenResult?> WaitAsync(Errand errand, SessionRecord record)
    {
        switch (await _admission.WaitAsync(record.ListenerName, errand, upstream.Limits.Queue))
        {
            case Admitted.Yes:
                return null;
            case Admitted.Interrupted:
                return errand.Interrupted();
            default:
                record.LimitRejected(Limit.UpstreamConnections);
                return OpenResult.Refused(OwnReplies.UpstreamFull, EndReason.Limit);
        }
    }

    ValueTask<OpenResult> FromAnyAsync(Errand errand, SessionRecord record)
    {
        if (IsTheOnlyServer)
            return FromTheOnlyOneAsync(errand, record);
        // Without a delay between attempts Polly stays on the thread that completes one: this loop.
        return Resilience.OtherServers.ExecuteAsync(static (search, _) => search.NextAsync(), new Search(this, errand, record), CancellationToken.None);
    }

    /// <summary>Most upstreams have one server: nothing to choose from, nobody to go on to, no circuit that could refuse; nothing is allocated for any of it.</summary>
    bool IsTheOnlyServer => Standings.Length == 1 && AddressesOf(0) <= 1 && clusters.Available(upstream).Count == 1;

    async ValueTask<OpenResult> FromTheOnlyOneAsync(Errand errand, SessionRecord record)
    {
        if (!IsUp(0))
            record.UpstreamPanic();
        return (await RunAsync(Attempt(0, errand, []), 0, record)).AsFinal();
    }

    async ValueTask CheckAsync(HealthCheck check, int at, Waiter waiter, HealthConfiguration health, DestinationMetrics metrics)
    {
        Errand errand = Errand.WithoutClient(waiter, waiter.Loop.In(health.Timeout), IUpstreamObserver.Deaf);
        ConnectResult result = await new UpstreamCheck(upstream, upstream.Destinations[at], hostname, tls, dialler, errand) { Name = _names[at] }.RunAsync();
        if (result is ConnectResult.Aborted)
            return;                                                   // the process ends
        metrics.Checked(result);
        if (result is ConnectResult.NoDescriptor || check.HasEnded)
            return;                                                   // the lack is ours, not the destination's; or nobody checks it any longer
        clusters.Checked(upstream, Standings[at], health, result);
    }
}
