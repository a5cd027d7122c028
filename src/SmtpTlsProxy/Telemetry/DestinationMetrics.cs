using Prometheus;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One destination's counters. The label is the configured id, never an address.</summary>
sealed class DestinationMetrics
{
    readonly Children<ConnectResult> _connects;
    readonly Gauge.Child _sessions;

    public DestinationMetrics(Instruments make, string upstream, string destination)
    {
        Counter connects = make.Counter("upstream_connects_total", "Attempts to get a safe connection, by result.", "upstream", "destination", "result");
        _connects = new(Labels.Of<ConnectResult>(), result => connects.WithLabels(upstream, destination, result));
        _sessions = make.Gauge("upstream_sessions", "Sessions that are open to a destination.", "upstream", "destination").WithLabels(upstream, destination);
    }

    public int Sessions => (int)_sessions.Value;

    public void Connected(ConnectResult result) => _connects[result].Inc();

    public void SessionsChanged(int change) => _sessions.Inc(change);
}
