using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Metrics, a log in memory and a clock; sessions of one listener and one upstream.</summary>
sealed class Stage : IDisposable
{
    public static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.77"), 4711);

    readonly StringWriter _lines = new();
    readonly LogSetup _log;
    readonly TlsMode _mode;

    public Stage(TlsMode mode = TlsMode.Opportunistic, LogOptions? log = null)
    {
        _mode = mode;
        _log = LogSetup.Create(log ?? new LogOptions(), Metrics, Time, _lines);
    }

    public Metrics Metrics { get; } = new();
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    public LogSetup Log => _log;

    public static HandshakeResult Ok(bool verified = false, string version = "TLSv1.3", string cipher = "TLS_AES_256_GCM_SHA384", string group = "x25519") => new()
    {
        Outcome = HandshakeOutcome.Ok,
        IsVerified = verified,
        Version = version,
        Cipher = cipher,
        Group = group,
        Duration = TimeSpan.FromMilliseconds(2),
    };

    public static HandshakeResult Failed(HandshakeOutcome why) => new() { Outcome = why };

    public SessionRecord Session() =>
        new(Metrics.Listener("mx", "legacy", _mode, 100), Metrics.Upstream("legacy", ["a", "b"]), Time, _log.Sessions, Peer);

    /// <summary>The series that are not zero, without the prefix; buckets aside.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MovedAsync()
    {
        string text = await Metrics.ExportTextAsync();
        return text.Split('\n')
            .Where(line => line.StartsWith(Instruments.Prefix, StringComparison.Ordinal) && !line.Contains("_bucket{") && !line.EndsWith(" 0"))
            .Select(line => line[Instruments.Prefix.Length..].Split("} "))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0] + "}", parts => parts[1]);
    }

    /// <summary>What was logged; ends the log.</summary>
    public string[] Lines()
    {
        _log.Dispose();
        return _lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _log.Dispose();
}
