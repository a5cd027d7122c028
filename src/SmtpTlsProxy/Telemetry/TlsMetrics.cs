using Prometheus;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Handshakes of one listener or of one upstream.</summary>
sealed class TlsMetrics
{
    readonly Children<HandshakeOutcome> _results;
    readonly Counter.Child[] _sessions;
    readonly Histogram.Child _duration;
    readonly Gauge.Child _inProgress;

    /// <param name="make">Makes the instruments.</param>
    /// <param name="side"><c>listener</c> or <c>upstream</c>: part of the name, and the label.</param>
    /// <param name="leg"><c>client</c> or <c>upstream</c>.</param>
    /// <param name="name">The listener's or the upstream's name.</param>
    public TlsMetrics(Instruments make, string side, string leg, string name)
    {
        Counter results = make.Counter(side + "_tls_handshakes_total", $"TLS handshakes of the {leg} leg by result.", side, "result");
        _results = new(Labels.Of<HandshakeOutcome>(), result => results.WithLabels(name, result));
        Counter sessions = make.Counter(side + "_tls_sessions_total", $"TLS sessions of the {leg} leg by what was agreed on.", side, "version", "cipher", "group", "resumed");
        _sessions = [.. TlsLabels.All.Select(labels => sessions.WithLabels([name, .. labels]))];
        _duration = make.Histogram(side + "_tls_handshake_duration_seconds", $"How long handshakes of the {leg} leg took.", Instruments.ShortSeconds, side).WithLabels(name);
        _inProgress = make.Gauge("handshakes_in_progress", "TLS handshakes begun and not ended.", "leg").WithLabels(leg);
    }

    /// <summary>A handshake begins; <see cref="Left"/> follows.</summary>
    public void Began() => _inProgress.Inc();

    /// <summary>A handshake that <see cref="Began"/> is over.</summary>
    public void Left() => _inProgress.Dec();

    /// <summary>Counts a handshake's end and, where it stands, what was agreed on.</summary>
    public void Ended(HandshakeResult result)
    {
        _results[result.Outcome].Inc();
        _duration.Observe(result.Duration.TotalSeconds);
        if (result.Succeeded)
            _sessions[TlsLabels.IndexOf(result.Version, result.Cipher, result.Group, result.Resumed)].Inc();
    }
}
