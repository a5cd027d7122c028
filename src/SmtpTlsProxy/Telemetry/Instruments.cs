using Prometheus;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Makes instruments with the product's prefix; asking twice for a name gives the same instrument.</summary>
sealed class Instruments(IMetricFactory factory)
{
    public const string Prefix = "smtp_tls_proxy_";

    /// <summary>Seconds, for what is answered in milliseconds unless something is wrong: handshakes, connects.</summary>
    public static readonly double[] ShortSeconds = [0.005, 0.01, 0.025, 0.1, 0.25, 1, 5];

    /// <summary>Seconds, for what a peer may stretch: sessions, messages.</summary>
    public static readonly double[] LongSeconds = [0.05, 0.25, 1, 5, 30, 120, 600];

    /// <summary>Octets; the steps around which servers set their limits.</summary>
    public static readonly double[] Octets = [4 << 10, 64 << 10, 1 << 20, 10 << 20, 25 << 20, 50 << 20];

    public Counter Counter(string name, string help, params string[] labels) => factory.CreateCounter(Prefix + name, help, labels);

    public Gauge Gauge(string name, string help, params string[] labels) => factory.CreateGauge(Prefix + name, help, labels);

    public Histogram Histogram(string name, string help, double[] buckets, params string[] labels) =>
        factory.CreateHistogram(Prefix + name, help, labels, new HistogramConfiguration { Buckets = buckets });
}
