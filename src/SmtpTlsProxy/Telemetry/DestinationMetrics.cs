using Prometheus;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One destination's counters. The label is the configured id, never an address.</summary>
sealed class DestinationMetrics
{
    readonly Children<ConnectResult> _connects;
    readonly Children<ConnectResult> _checks;
    readonly Children<ConnectResult> _retries;
    readonly Gauge.Child _sessions;
    readonly Gauge.Child _up;
    readonly Gauge.Child _circuit;

    public DestinationMetrics(Instruments make, string upstream, string destination)
    {
        Counter connects = make.Counter("upstream_connects_total", "Attempts to get a safe connection, by result.", "upstream", "destination", "result");
        _connects = new(Labels.Of<ConnectResult>(), result => connects.WithLabels(upstream, destination, result));
        Counter checks = make.Counter("upstream_health_checks_total", "Active checks, by result.", "upstream", "destination", "result");
        _checks = new(Labels.Of<ConnectResult>(), result => checks.WithLabels(upstream, destination, result));
        Counter retries = make.Counter("upstream_retries_total", "Attempts behind which another server was tried, by their result.", "upstream", "destination", "result");
        _retries = new(Labels.Of<ConnectResult>(), result => retries.WithLabels(upstream, destination, result));
        _up = Up(make).WithLabels(upstream, destination);
        _circuit = CircuitOpen(make).WithLabels(upstream, destination);
        _up.Set(1);
        _sessions = make.Gauge("upstream_sessions", "Sessions that are open to a destination.", "upstream", "destination").WithLabels(upstream, destination);
    }

    /// <summary>How destinations stand, those of all upstreams.</summary>
    public static Gauge Up(Instruments make) =>
        make.Gauge("upstream_destination_up", "0 while checks or sessions have found a destination down.", "upstream", "destination");

    /// <summary>Their circuits.</summary>
    public static Gauge CircuitOpen(Instruments make) =>
        make.Gauge("upstream_circuit_open", "1 while a destination is left alone because it failed too often.", "upstream", "destination");

    public int Sessions => (int)_sessions.Value;

    public bool IsUp { set => _up.Set(value ? 1 : 0); }

    public bool IsCircuitOpen { set => _circuit.Set(value ? 1 : 0); }

    public void Checked(ConnectResult result) => _checks[result].Inc();

    public void Retried(ConnectResult why) => _retries[why].Inc();

    public void Connected(ConnectResult result) => _connects[result].Inc();

    public void SessionsChanged(int change) => _sessions.Inc(change);
}
