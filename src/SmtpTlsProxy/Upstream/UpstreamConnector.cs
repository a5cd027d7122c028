using System.Net;
using Polly;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
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
    int _sessions;

    public UpstreamConfiguration Configuration => upstream;

    /// <summary>Opens a connection for <paramref name="client"/> (which was going to <paramref name="original"/> before it was redirected here), or says how its session ends.</summary>
    public async ValueTask<OpenResult> OpenAsync(Leg client, EndPoint? original, SessionRecord record)
    {
        if (Volatile.Read(ref _sessions) >= upstream.Limits.Connections)
            return OpenResult.Refused(OwnReplies.UpstreamFull, EndReason.Limit);
        Deadline ready = client.Waiter.Loop.In(upstream.Timeouts.UpstreamReady);
        HashSet<string> tried = [];
        // Without a delay between attempts Polly stays on the thread that completes one: this loop.
        return await _otherDestinations.ExecuteAsync(_ => AttemptAsync(client, original, record, ready, tried), CancellationToken.None);
    }

    async ValueTask<OpenResult> AttemptAsync(Leg client, EndPoint? original, SessionRecord record, Deadline ready, HashSet<string> tried)
    {
        if (_picker.Next(clusters.Available(upstream.Name), tried) is not { } picked)
            return OpenResult.Unavailable(OwnReplies.NoConnection);
        tried.Add(picked.DestinationId);
        DestinationConfiguration destination = upstream.Destinations.First(d => d.Id == picked.DestinationId);
        bool opened = false;
        Enter(picked, record);
        try
        {
            UpstreamAttempt attempt = new(upstream, destination, hostname, tls, dialler, client, original, record, ready);
            OpenResult result = await attempt.RunAsync(() => Leave(picked, record));
            opened = result.Connection is not null;
            return result;
        }
        finally
        {
            if (!opened)
                Leave(picked, record);
        }
    }

    void Enter(DestinationState picked, SessionRecord record)
    {
        Interlocked.Increment(ref _sessions);
        Publish(picked, 1);
        record.UpstreamSessions(picked.DestinationId, 1);
    }

    void Leave(DestinationState picked, SessionRecord record)
    {
        Interlocked.Decrement(ref _sessions);
        Publish(picked, -1);
        record.UpstreamSessions(picked.DestinationId, -1);
    }

    /// <summary>YARP's counter is settable only, and other loops count too.</summary>
    static void Publish(DestinationState destination, int change)
    {
        lock (destination)
            destination.ConcurrentRequestCount += change;
    }
}
