using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>Where a listener's sessions go and by which rules: a snapshot; a session keeps the one it began with.</summary>
/// <param name="Listener">The listener's configuration.</param>
/// <param name="Rules">What the dialogue asks.</param>
/// <param name="ServerTls">The certificates to show; null where the listener offers no TLS.</param>
/// <param name="Upstream">The upstream's connections.</param>
/// <param name="ListenerMetrics">The listener's counters.</param>
/// <param name="UpstreamMetrics">The upstream's counters.</param>
/// <param name="HasHostname">A hostname is known; otherwise an address literal stands in for it.</param>
sealed record SessionRoute(
    ListenerConfiguration Listener, Rules Rules, ServerTls? ServerTls, UpstreamConnector Upstream, ListenerMetrics ListenerMetrics, UpstreamMetrics UpstreamMetrics, bool HasHostname)
{
    public TimeoutConfiguration Timeouts => Listener.Timeouts;

    /// <summary>Where a client was going before it was redirected here matters, and is worth asking the kernel.</summary>
    public bool AsksForOriginal { get; } = Upstream.Configuration.Destinations.Any(d => d.Kind is DestinationKind.Original);

    /// <summary>The listener's handshakes under way.</summary>
    public Handshakes Handshakes { get; private init; } = new(Listener.Limits.Handshakes);

    /// <summary>The listener's refused clients that are not closed yet.</summary>
    public Refusals Refusals { get; private init; } = new();

    /// <summary>After a reload: what <paramref name="before"/> counts goes on, except under a cap that has changed.</summary>
    public SessionRoute Following(SessionRoute? before) => before is null ? this : this with
    {
        Handshakes = before.Listener.Limits.Handshakes == Listener.Limits.Handshakes ? before.Handshakes : Handshakes,
        Refusals = before.Refusals,
    };

    /// <summary>The rules for one client: without a hostname we call ourselves by the address that the client has reached.</summary>
    public Rules RulesFor(Leg client) => HasHostname ? Rules : Rules with { Hostname = AddressLiteral.Of(client.Local) };
}
