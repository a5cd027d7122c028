using System.Net;
using System.Runtime.CompilerServices;
using Polly;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Opens connections to one upstream: picks a destination, dials it, makes the leg safe, tells who the client is. All before the client is greeted,
/// so every failure is a clean 421 (rule 4.6).
/// </summary>
sealed class UpstreamConnector(UpstreamConfiguration upstream, string? hostname, Clusters clusters, ClientTls tls, Dialler dialler)
{
    readonly Picker _picker = new(upstream.LoadBalancing);
    readonly ResiliencePipeline<OpenResult> _otherDestinations = Resilience.OtherDestinations(upstream.Destinations.Count);
    readonly StrongBox<int> _sessions = clusters.SessionsOf(upstream.Name);     // those of earlier configurations count too

    public UpstreamConfiguration Configuration => upstream;

    /// <summary>Opens a connection for <paramref name="client"/> (which was going to <paramref name="original"/> before it was redirected here), or says how its session ends.</summary>
    public async ValueTask<OpenResult> OpenAsync(Leg client, EndPoint? original, SessionRecord record)
    {
        if (!TryEnter())
        {
            record.LimitRejected(Limit.UpstreamConnections);
            return OpenResult.Refused(OwnReplies.UpstreamFull, EndReason.Limit);
        }
        bool opened = false;
        try
        {
            OpenResult result = await FromAnyAsync(new Errand(client.Waiter, client, original, client.Waiter.Loop.In(ReadyLimit), record), record);
            opened = result.Connection is not null;
            return result;
        }
        finally
        {
            if (!opened)
                Interlocked.Decrement(ref _sessions.Value);
        }
    }

    /// <summary>How long a client waits for its greeting. A server of slow greeting (greylisting by delay) has a whole reply's time: RFC 5321 section 4.5.3.2.1 gives it five minutes.</summary>
    TimeSpan ReadyLimit => upstream.Quirks.HasFlag(Quirks.SlowGreeting) && upstream.Timeouts.Reply > upstream.Timeouts.UpstreamReady
        ? upstream.Timeouts.Reply
        : upstream.Timeouts.UpstreamReady;

    /// <summary>The cap holds to the last one, though loops ask at the same time (rule 6.3). A session counts once, however many destinations it tries.</summary>
    bool TryEnter()
    {
        if (Interlocked.Increment(ref _sessions.Value) <= upstream.Limits.Connections)
            return true;
        Interlocked.Decrement(ref _sessions.Value);
        return false;
    }

    ValueTask<OpenResult> FromAnyAsync(Errand errand, SessionRecord record)
    {
        if (TheOnlyOne() is { } only)
            return FromAsync(only, upstream.Destinations[0], errand, record);
        HashSet<string> tried = [];
        // Without a delay between attempts Polly stays on the thread that completes one: this loop.
        return _otherDestinations.ExecuteAsync(_ => FromNextAsync(errand, record, tried), CancellationToken.None);
    }

    /// <summary>Most upstreams have one destination: nothing to choose from, nobody to go on to, nothing allocated for it.</summary>
    DestinationState? TheOnlyOne() =>
        upstream.Destinations.Count == 1 && clusters.Available(upstream) is [var only] ? only : null;

    async ValueTask<OpenResult> FromNextAsync(Errand errand, SessionRecord record, HashSet<string> tried)
    {
        if (_picker.Next(clusters.Available(upstream), tried) is not { } picked)
            return OpenResult.Unavailable(OwnReplies.NoConnection);
        tried.Add(picked.DestinationId);
        return await FromAsync(picked, upstream.Destinations.First(d => d.Id == picked.DestinationId), errand, record);
    }

    async ValueTask<OpenResult> FromAsync(DestinationState picked, DestinationConfiguration destination, Errand errand, SessionRecord record)
    {
        bool opened = false;
        Carries(picked, record, 1);
        try
        {
            UpstreamAttempt attempt = new(upstream, destination, hostname, tls, dialler, errand);
            OpenResult result = await attempt.RunAsync(() => Leave(picked, record));
            opened = result.Connection is not null;
            return result;
        }
        finally
        {
            if (!opened)
                Carries(picked, record, -1);
        }
    }

    void Leave(DestinationState picked, SessionRecord record)
    {
        Interlocked.Decrement(ref _sessions.Value);
        Carries(picked, record, -1);
    }

    /// <summary>YARP's counter is settable only, and other loops count too.</summary>
    static void Carries(DestinationState destination, SessionRecord record, int change)
    {
        lock (destination)
            destination.ConcurrentRequestCount += change;
        record.UpstreamSessions(destination.DestinationId, change);
    }
}
