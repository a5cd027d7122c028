using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>The routes of a configuration, one for each listener. Immutable; a reload makes another.</summary>
sealed class ProxySessions : IDisposable
{
    readonly Dictionary<string, SessionRoute> _routes = [];
    readonly List<IDisposable> _contexts = [];
    readonly List<(UpstreamConnector Upstream, UpstreamMetrics Metrics)> _upstreams;
    readonly Clusters _clusters;
    readonly List<HealthCheck> _checks;

    /// <summary>Loads certificates and trust, and joins each listener to its upstream; counts of the sessions of <paramref name="before"/> go on.</summary>
    public ProxySessions(
        ProxyConfiguration configuration, IReadOnlyList<TlsCertificate> certificates, Clusters clusters, Dialler dialler, Metrics metrics, SecurityMemory memory,
        ProxySessions? before = null, TicketRing? tickets = null)
    {
        try
        {
            Dictionary<string, UpstreamConnector> upstreams = configuration.Upstreams.ToDictionary(u => u.Name, u =>
                new UpstreamConnector(u, configuration.Hostname, clusters, Keep(ClientTls.Load(u, configuration.ReportOnly, certificates, memory)), dialler));
            _clusters = clusters;
            _upstreams = [.. upstreams.Values.Select(upstream => (upstream, metrics.Upstream(upstream.Configuration.Name, upstream.Configuration.Destinations.Select(d => d.Id))))];
            _checks = [.. _upstreams.SelectMany(pair => pair.Upstream.Checks(pair.Metrics))];
            foreach (ListenerConfiguration listener in configuration.Listeners)
            {
                UpstreamConnector upstream = upstreams[listener.Upstream];
                ServerTls? tls = ServerTls.Load(listener, certificates, configuration.ReportOnly, tickets?.Of(listener.Name));
                if (tls is not null)
                    Keep(tls);
                Rules rules = RulesOf(configuration, listener, upstream.Configuration, tls is not null);
                _routes[listener.Name] = new SessionRoute(listener, rules, tls, upstream, metrics.Listener(listener.Name, listener.Upstream, listener.Tls, listener.Limits.Connections), metrics.Upstream(listener.Upstream, upstream.Configuration.Destinations.Select(d => d.Id)), configuration.Hostname is not null)
                    .Following(before?._routes.GetValueOrDefault(listener.Name));
            }
        }
        catch
        {   // a reload that fails may be tried again and again
            Dispose();
            throw;
        }
    }

    public IEnumerable<SessionRoute> Routes => _routes.Values;

    public SessionRoute RouteOf(string listener) => _routes[listener];

    /// <summary>Active health checks begin, shared among the loops.</summary>
    public void BeginChecks(IReadOnlyList<Loop> loops, Action<string> tell)
    {
        for (int i = 0; i < _checks.Count; i++)
            _checks[i].Begin(loops[i % loops.Count], tell);
    }

    /// <summary>Another configuration's checks take over.</summary>
    public void EndChecks() => _checks.ForEach(check => check.End());

    /// <summary>Says in the metrics how the upstreams stand.</summary>
    public void Publish()
    {
        foreach ((UpstreamConnector upstream, UpstreamMetrics metrics) in _upstreams)
            upstream.Publish(metrics);
    }

    /// <summary>How a destination stands, for people: <c>up</c>, <c>down</c>, <c>circuit open</c>.</summary>
    public string HealthOf(string upstream, string destination) =>
        !_clusters.IsUp(upstream, destination) ? "down" : _clusters.StandingOf(upstream, destination).Circuit.IsOpen ? "circuit open" : "up";

    /// <summary>Upstreams whose health is checked and that have no destination left; null: none of them.</summary>
    public string? WhyNotWell() => _upstreams.Select(pair => pair.Upstream.Configuration)
        .FirstOrDefault(upstream => upstream.Health is not null && upstream.Destinations.All(to => !_clusters.IsUp(upstream.Name, to.Id)))
        is { } down ? $"all destinations of upstream {down.Name} are down" : null;

    /// <summary>A line for each destination.</summary>
    public IEnumerable<string> HealthLines() =>
        from pair in _upstreams
        let upstream = pair.Upstream.Configuration
        from destination in upstream.Destinations
        select $"upstream {upstream.Name}, destination {destination.Id}: {HealthOf(upstream.Name, destination.Id)}";

    public void Dispose() => _contexts.ForEach(context => context.Dispose());

    T Keep<T>(T context) where T : IDisposable
    {
        _contexts.Add(context);
        return context;
    }

    static Rules RulesOf(ProxyConfiguration configuration, ListenerConfiguration listener, UpstreamConfiguration upstream, bool hasCertificate) => new()
    {
        Hostname = configuration.Hostname ?? "localhost",               // never said: SessionRoute puts an address literal in its place
        ClientTls = listener.Tls,
        HasCertificate = hasCertificate,
        AuthInClear = Security.AuthInClear(listener),
        BareNewlines = listener.BareNewlines,
        EarlyTalkers = listener.EarlyTalkers,
        MaxMessageSize = listener.MaxMessageSize,
        Helo = upstream.Helo,
        CommandLine = listener.Limits.CommandLine,
        BadCommands = listener.Limits.BadCommands,
        Quirks = upstream.Quirks,
        ReportOnly = configuration.ReportOnly,
    };
}
