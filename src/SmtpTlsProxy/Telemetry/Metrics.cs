using System.Text;
using Prometheus;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Every instrument of the process, in a registry of its own: nothing is exported that the contract does not name.</summary>
sealed class Metrics
{
    readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    readonly Instruments _make;
    readonly Gauge _draining;
    readonly Gauge _certificates;
    readonly Gauge _live;
    readonly Counter _droppedLogEvents;

    public Metrics()
    {
        MetricFactory factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        _make = new(factory);
        _draining = _make.Gauge("draining", "1 while the process drains.");
        _live = _make.Gauge("live_objects", "Sessions, sockets, TLS objects and rented buffers held now; zero at rest.", "kind");
        _certificates = _make.Gauge("certificate_not_after_timestamp_seconds", "When a certificate of ours expires.", "certificate");
        _droppedLogEvents = _make.Counter("log_events_dropped_total", "Log events dropped because the output was too slow.");
        Configuration = new(_make);
    }

    public ConfigurationMetrics Configuration { get; }

    public bool Draining { set => _draining.Set(value ? 1 : 0); }

    /// <summary>A listener's counters; asking again gives the same ones.</summary>
    public ListenerMetrics Listener(string name, string upstream, TlsMode mode, int sessionsLimit) =>
        new(_make, name, upstream, mode) { SessionsLimit = sessionsLimit };

    /// <summary>An upstream's counters; asking again gives the same ones.</summary>
    public UpstreamMetrics Upstream(string name, IEnumerable<string> destinations) => new(_make, name, destinations);

    /// <summary>Destinations that the configuration no longer names would seem to stand as they did last.</summary>
    public void KeepDestinations(IEnumerable<(string Upstream, string Destination)> configured)
    {
        HashSet<(string, string)> kept = [.. configured];
        foreach (Gauge gauge in (Gauge[])[DestinationMetrics.Up(_make), DestinationMetrics.CircuitOpen(_make)])
        {
            foreach (string[] gone in gauge.GetAllLabelValues().Where(labels => !kept.Contains((labels[0], labels[1]))).ToArray())
                gauge.RemoveLabelled(gone);
        }
    }

    public void Certificate(string name, DateTimeOffset notAfter) => _certificates.WithLabels(name).Set(notAfter.ToUnixTimeSeconds());

    /// <summary>A certificate that the configuration no longer names would seem to expire some day.</summary>
    public void ForgetCertificate(string name) => _certificates.RemoveLabelled(name);

    public void Build(BuildInfo build, string openssl) =>
        _make.Gauge("build_info", "Always 1; the labels say what runs.", "version", "revision", "runtime", "openssl")
            .WithLabels(build.Version, build.Revision, build.Runtime, openssl).Set(1);

    /// <summary>Where the number of dropped log events is read at each scrape.</summary>
    public void CountDroppedLogEvents(Func<long> dropped) => _registry.AddBeforeCollectCallback(() => _droppedLogEvents.IncTo(dropped()));

    /// <summary>What the process holds now, read at each scrape: at rest all of it is zero, or something leaks. <paramref name="kind"/>: a word of ours.</summary>
    public void CountLive(string kind, Func<long> count)
    {
        Gauge.Child live = _live.WithLabels(kind);
        _registry.AddBeforeCollectCallback(() => live.Set(count()));
    }

    /// <summary>How safe upstreams are now and were at best, read at each scrape; no series for one of which nothing was seen.</summary>
    public void UpstreamSecurity(Func<IEnumerable<(string Upstream, UpstreamSecurity Now, UpstreamSecurity Best)>> read)
    {
        Gauge level = _make.Gauge("upstream_security_level", "How safe an upstream is now: 0 clear, 1 TLS, 2 TLS and verified. Of several destinations the one that lost most.", "upstream");
        Gauge best = _make.Gauge("upstream_security_level_best", "How safe the same destination was at best.", "upstream");
        _registry.AddBeforeCollectCallback(() =>
        {
            HashSet<string> gone = [.. level.GetAllLabelValues().Select(labels => labels[0])];
            foreach ((string upstream, UpstreamSecurity now, UpstreamSecurity before) in read())
            {
                gone.Remove(upstream);
                level.WithLabels(upstream).Set((int)now);
                best.WithLabels(upstream).Set((int)before);
            }
            foreach (string upstream in gone)
            {
                level.RemoveLabelled(upstream);
                best.RemoveLabelled(upstream);
            }
        });
    }

    /// <summary>What is to be looked up at each scrape.</summary>
    public void BeforeCollect(Action publish) => _registry.AddBeforeCollectCallback(publish);

    /// <summary>Prometheus text exposition format 0.0.4.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The same as text.</summary>
    public async Task<string> ExportTextAsync()
    {
        using MemoryStream text = new();
        await ExportAsync(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    public Task ExportAsync(Stream to, CancellationToken cancellation) => _registry.CollectAndExportAsTextAsync(to, cancellation);
}
