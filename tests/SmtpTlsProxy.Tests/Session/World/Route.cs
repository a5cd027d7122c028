using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>The real route of one listener to one upstream, over a dialler of the test's.</summary>
sealed class Route : IDisposable
{
    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For("mx.test");

    readonly ProxySessions _sessions;
    readonly LogSetup _log;
    readonly SecurityMemory _memory;
    readonly MemoryClusters _clusters;
    readonly DestinationNames _names;

    public Route(WorldOptions options, Dialler dialler, FakeTimeProvider clock, TextWriter? lines = null)
    {
        _memory = options.Memory ?? new SecurityMemory(clock);
        ProxyConfiguration configuration = options.Configuration();
        Metrics.UpstreamSecurity(_memory.Levels);
        _log = LogSetup.Create(new LogOptions(options.LogLevel), Metrics, clock, lines ?? Lines);
        _clusters = new MemoryClusters(configuration.Upstreams, clock);
        _names = new DestinationNames(options.Names, clock, Said.Add);
        Clusters = new Clusters(_clusters, _clusters.Updater, _names, clock, Said.Add);
        _sessions = new ProxySessions(configuration, [s_certificate, .. options.Certificates], Clusters, dialler, Metrics, _memory);
        Metrics.BeforeCollect(_sessions.Publish);
    }

    public Metrics Metrics { get; } = new();

    public Clusters Clusters { get; }

    public ProxySessions Sessions => _sessions;

    /// <summary>What was told in the log besides sessions' lines.</summary>
    public List<string> Said { get; } = [];

    public StringWriter Lines { get; } = new();

    public SessionLog Log => _log.Sessions;

    public SessionRoute Of => _sessions.RouteOf("mx");

    public SessionRoute At(string listener) => _sessions.RouteOf(listener);

    /// <summary>The value of a series, named without the product's prefix; 0 where it has not moved.</summary>
    public double Counted(string series)
    {
        string text = Metrics.ExportTextAsync().GetAwaiter().GetResult();
        string start = Instruments.Prefix + series + " ";
        string? line = text.Split('\n').FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[start.Length..]);
    }

    /// <summary>The last line of that name. The log has a queue of its own, which is ended for it: nothing is logged behind it.</summary>
    public string LineOf(string name) => LinesWith($"\"@mt\":\"{name}")[^1];

    /// <summary>All lines with these words; nothing is logged behind it.</summary>
    public IReadOnlyList<string> LinesWith(string words)
    {
        _log.Dispose();
        return [.. Lines.ToString().Split('\n').Where(line => line.Contains(words, StringComparison.Ordinal))];
    }

    public void Dispose()
    {
        _names.Keep([]);
        _sessions.Dispose();
        _clusters.Dispose();
        _log.Dispose();
    }
}
