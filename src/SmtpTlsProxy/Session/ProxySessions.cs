using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>The routes of a configuration, one for each listener. Immutable; a reload makes another.</summary>
sealed class ProxySessions : IDisposable
{
    readonly Dictionary<string, SessionRoute> _routes = [];
    readonly List<IDisposable> _contexts = [];

    /// <summary>Loads certificates and trust, and joins each listener to its upstream; counts of the sessions of <paramref name="before"/> go on.</summary>
    public ProxySessions(
        ProxyConfiguration configuration, IReadOnlyList<TlsCertificate> certificates, Clusters clusters, Dialler dialler, Metrics metrics, SecurityMemory memory,
        ProxySessions? before = null, TicketRing? tickets = null)
    {
        Dictionary<string, UpstreamConnector> upstreams = configuration.Upstreams.ToDictionary(u => u.Name, u =>
            new UpstreamConnector(u, configuration.Hostname, clusters, Keep(ClientTls.Load(u, configuration.ReportOnly, certificates, memory)), dialler));
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

    public IEnumerable<SessionRoute> Routes => _routes.Values;

    public SessionRoute RouteOf(string listener) => _routes[listener];

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
