using Prometheus;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One upstream's counters, resolved once for it and its destinations. Used from all loops.</summary>
sealed class UpstreamMetrics
{
    static readonly string[] _classes = ["2xx", "3xx", "4xx", "5xx", "none"];

    readonly Children<ReplyClass>[] _commands;
    readonly Children<UpstreamStartTls> _startTls;
    readonly Dictionary<string, DestinationMetrics> _destinations;
    readonly Histogram.Child[] _phases;
    readonly Counter.Child _panics;
    readonly Gauge.Child _waiting;

    public UpstreamMetrics(Instruments make, string upstream, IEnumerable<string> destinations)
    {
        Name = upstream;
        Tls = new(make, "upstream", "upstream", upstream);
        Counter commands = make.Counter("commands_total", "Commands that went upstream, by the reply they got.", "upstream", "verb", "reply");
        _commands = [.. Labels.Verbs.Select(verb => new Children<ReplyClass>(_classes, reply => commands.WithLabels(upstream, verb, reply)))];
        Counter startTls = make.Counter("upstream_starttls_total", "How STARTTLS went on the upstream leg.", "upstream", "outcome");
        _startTls = new(Labels.Of<UpstreamStartTls>(), outcome => startTls.WithLabels(upstream, outcome));
        Histogram phases = make.Histogram("upstream_connect_duration_seconds", "How long each phase of connecting took.", Instruments.ShortSeconds, "upstream", "phase");
        _phases = [.. new[] { "dns", "tcp", "greeting", "tls", "ehlo" }.Select(phase => phases.WithLabels(upstream, phase))];
        _panics = make.Counter("upstream_panic_total", "Attempts at a destination held to be down, because none was held to be up.", "upstream").WithLabels(upstream);
        _waiting = make.Gauge("upstream_waiting", "Sessions that wait for a place at an upstream.", "upstream").WithLabels(upstream);
        _destinations = destinations.ToDictionary(id => id, id => new DestinationMetrics(make, upstream, id));
    }

    public string Name { get; }
    public TlsMetrics Tls { get; }
    public IReadOnlyDictionary<string, DestinationMetrics> Destinations => _destinations;

    /// <summary>A destination by its configured id.</summary>
    public DestinationMetrics Destination(string id) => _destinations[id];

    public int Waiting { set => _waiting.Set(value); }

    public void Panicked() => _panics.Inc();

    public void StartTls(UpstreamStartTls outcome) => _startTls[outcome].Inc();

    public void Answered(Verb verb, int code) => _commands[(int)verb][ClassOf(code)].Inc();

    public void Connected(in ConnectPhases phases)
    {
        Observe(0, phases.Dns);
        Observe(1, phases.Tcp);
        Observe(2, phases.Greeting);
        Observe(3, phases.Tls);
        Observe(4, phases.Ehlo);
    }

    void Observe(int phase, TimeSpan took)
    {
        if (took > TimeSpan.Zero)
            _phases[phase].Observe(took.TotalSeconds);
    }

    static ReplyClass ClassOf(int code) => code switch
    {
        >= 200 and < 300 => ReplyClass.Positive,
        >= 300 and < 400 => ReplyClass.Intermediate,
        >= 400 and < 500 => ReplyClass.Transient,
        >= 500 and < 600 => ReplyClass.Permanent,
        _ => ReplyClass.None,
    };
}
