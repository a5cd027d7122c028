using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Lifetime;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Admin;

/// <summary>Gathers the status from the running configuration and the counters; nothing is kept for it.</summary>
/// <param name="configuration">The running configuration.</param>
/// <param name="metrics">Where a listener's and an upstream's counters are had from.</param>
/// <param name="certificates">What is known of our certificates.</param>
/// <param name="health">Readiness.</param>
/// <param name="standing">How a destination (upstream, id) stands, in a word or two.</param>
/// <param name="drain">Drain.</param>
/// <param name="time">The clock; uptime counts from here.</param>
sealed class StatusSource(
    Func<ProxyConfiguration> configuration, Metrics metrics, Func<IReadOnlyList<CertificateStatus>> certificates, Health health, Func<string, string, string> standing, Drain drain, TimeProvider time)
{
    readonly DateTimeOffset _started = time.GetUtcNow();

    public StatusReport Read()
    {
        ProxyConfiguration running = configuration();
        return new()
        {
            Version = BuildInfo.Current.Version,
            Revision = BuildInfo.Current.Revision,
            State = drain.IsDraining ? "draining" : health.IsReady ? "ready" : "not_ready",
            WhyNotReady = [.. health.Conditions.Where(condition => !condition.Holds).Select(condition => condition.WhyNot!)],
            Started = _started,
            UptimeSeconds = (long)(time.GetUtcNow() - _started).TotalSeconds,
            DrainingSince = drain.Since,
            Sessions = drain.Sessions,
            Listeners = [.. running.Listeners.Select(Listener)],
            Upstreams = [.. running.Upstreams.Select(Upstream)],
            Certificates = certificates(),
        };
    }

    ListenerStatus Listener(ListenerConfiguration listener)
    {
        ListenerMetrics counted = metrics.Listener(listener.Name, listener.Upstream, listener.Tls, listener.Limits.Connections);
        MessageMetrics messages = counted.Messages;
        long all = messages.Count((_, _) => true);
        long fromClient = messages.Count((client, _) => client != ClientSecurity.Clear);
        long toUpstream = messages.Count((_, server) => server != UpstreamSecurity.Clear);
        return new(listener.Name, [.. listener.Addresses.Select(address => address.ToString()!)], Word(listener.Tls), listener.Upstream,
            counted.Sessions, counted.SessionsLimit, all, fromClient, toUpstream);
    }

    UpstreamStatus Upstream(UpstreamConfiguration upstream)
    {
        UpstreamMetrics counted = metrics.Upstream(upstream.Name, upstream.Destinations.Select(destination => destination.Id));
        return new(upstream.Name, Word(upstream.Tls), Word(upstream.Verify.Mode),
            [.. upstream.Destinations.Select(to => new DestinationStatus(to.Id, to.ToString(), counted.Destination(to.Id).Sessions, standing(upstream.Name, to.Id)))]);
    }

    static string Word<T>(T value) where T : struct, Enum => value.ToString() is var name ? char.ToLowerInvariant(name[0]) + name[1..] : "";
}
