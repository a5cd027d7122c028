using SmtpTlsProxy.Cli.Reloading;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;

namespace SmtpTlsProxy.Reloading;

public sealed class ConfigurationReloadTest : IDisposable
{
    readonly Stage _stage = new(_ => Yaml());

    [Fact]
    public async Task AChangedFileIsTakenWhole()
    {
        SessionRoute begun = _stage.Sessions.RouteOf("mx");
        double hash = _stage.Counted("config_hash");
        _stage.Write("config.yaml", Yaml(hostname: "other.example.com", upstream: "second", limit: 7));

        await _stage.LookAsync();

        SessionRoute now = _stage.Sessions.RouteOf("mx");
        Assert.Equal("second", now.Listener.Upstream);
        Assert.Equal("other.example.com", now.Rules.Hostname);
        Assert.Equal(7, _stage.Counted("sessions_limit{listener=\"mx\"}"));
        Assert.Equal(("first", "mail.example.com"), (begun.Listener.Upstream, begun.Rules.Hostname));       // a session keeps what it began with
        Assert.NotEqual(hash, _stage.Counted("config_hash"));
        Assert.Equal(_stage.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, _stage.Counted("config_last_reload_success_timestamp_seconds"));
        IsCounted(success: 1, failure: 0, lastTaken: true);
        Assert.Contains("Configuration reloaded: hostname, listeners.mx.limits.connections, listeners.mx.upstream.", _stage.Log());
    }

    [Fact]
    public async Task WhatHasNotChangedIsNotReloaded()
    {
        ProxySessions before = _stage.Sessions.Now;
        _stage.Write("config.yaml", Yaml());
        File.SetLastWriteTimeUtc(_stage.PathTo("config.yaml"), DateTime.UnixEpoch);
        await _stage.LookAsync();
        Assert.Same(before, _stage.Sessions.Now);
        IsCounted(success: 0, failure: 0, lastTaken: true);
    }

    [Fact]
    public async Task ASignalReloadsWhatHasNotChangedToo()
    {
        await _stage.Watch.AskedAsync();
        IsCounted(success: 1, failure: 0, lastTaken: true);
        Assert.Contains("nothing has changed", _stage.Log());
    }

    [Theory]
    [InlineData("listeners: [", "YAML")]                                        // no YAML
    [InlineData("", "listeners")]                                               // emptied
    [InlineData("hostnam: typo.example.com\n", "hostnam")]
    public async Task ABadFileIsRefusedAndNamed(string yaml, string named)
    {
        ProxySessions before = _stage.Sessions.Now;
        double hash = _stage.Counted("config_hash");
        _stage.Write("config.yaml", yaml);

        await _stage.LookAsync();
        await _stage.LookAsync();                                               // told once, not at every look

        Assert.Same(before, _stage.Sessions.Now);
        Assert.Equal(hash, _stage.Counted("config_hash"));
        IsCounted(success: 0, failure: 1, lastTaken: false);
        string log = _stage.Log();
        Assert.Contains("Configuration refused, the running one stays", log);
        Assert.Contains(named, log);
    }

    [Fact]
    public async Task AFileThatIsGoneIsRefusedUntilItIsBack()
    {
        File.Delete(_stage.PathTo("config.yaml"));
        await _stage.LookAsync();
        IsCounted(success: 0, failure: 1, lastTaken: false);

        _stage.Write("config.yaml", Yaml(hostname: "other.example.com"));
        await _stage.LookAsync();
        Assert.Equal("other.example.com", _stage.Sessions.RouteOf("mx").Rules.Hostname);
        IsCounted(success: 1, failure: 1, lastTaken: true);
    }

    [Theory]
    [InlineData("address: '127.0.0.1:2525'", "address: '127.0.0.1:2526'", "listeners.mx.address")]
    [InlineData("metrics: disabled", "metrics: { address: '127.0.0.1:9999' }", "metrics.address")]
    [InlineData("upstreams:", "  more: { address: '127.0.0.1:2527', tls: none, upstream: first }\nupstreams:", "listeners.more.address")]
    public async Task WhatOnlyARestartChangesRefusesTheWholeFile(string old, string changed, string path)
    {
        _stage.Write("config.yaml", Yaml(hostname: "other.example.com").Replace(old, changed, StringComparison.Ordinal));
        await _stage.LookAsync();
        Assert.Equal("mail.example.com", _stage.Sessions.RouteOf("mx").Rules.Hostname);
        IsCounted(success: 0, failure: 1, lastTaken: false);
        Assert.Contains($"{path} (", _stage.Log());
    }

    [Fact]
    public async Task WhatCannotBePutInForceIsRefused()
    {
        _stage.Obstacle = new InvalidOperationException("no room");
        _stage.Write("config.yaml", Yaml(hostname: "other.example.com"));
        await _stage.LookAsync();
        Assert.Equal("mail.example.com", _stage.Running.Configuration.Hostname);
        IsCounted(success: 0, failure: 1, lastTaken: false);

        _stage.Obstacle = null;
        await _stage.Watch.AskedAsync();
        Assert.Equal("other.example.com", _stage.Running.Configuration.Hostname);
    }

    [Fact]
    public async Task AFileThatIsBeingWrittenIsReadWhenItRests()
    {
        _stage.Write("config.yaml", "");
        Task look = _stage.Watch.LookAsync(CancellationToken.None);
        _stage.Write("config.yaml", Yaml(hostname: "other.example.com"));
        await _stage.UntilAsync(look);
        IsCounted(success: 1, failure: 0, lastTaken: true);
        Assert.Equal("other.example.com", _stage.Running.Configuration.Hostname);
    }

    [Fact]
    public async Task AFileThatNeverRestsIsLeftAlone()
    {
        File.Delete(_stage.PathTo("config.yaml"));
        File.CreateSymbolicLink(_stage.PathTo("config.yaml"), "/proc/sys/kernel/random/uuid");      // another at each look
        await _stage.UntilAsync(_stage.Watch.LookAsync(CancellationToken.None));
        IsCounted(success: 0, failure: 0, lastTaken: true);

        File.Delete(_stage.PathTo("config.yaml"));
        _stage.Write("config.yaml", Yaml(hostname: "other.example.com"));
        await _stage.LookAsync();
        IsCounted(success: 1, failure: 0, lastTaken: true);
    }

    [Fact]
    public async Task TheLogFollows()
    {
        _stage.Write("config.yaml", Yaml() + "log: { level: error, format: text }\n");
        await _stage.LookAsync();
        _stage.Write("config.yaml", Yaml() + "log: { level: silent }\n");
        await _stage.LookAsync();
        string[] lines = _stage.Log().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Contains(" ERR Configuration refused", line));
    }

    [Fact]
    public async Task TheClientLegCanBecomeImplicitAndBack()
    {
        _stage.WritePair("tls", "mx.test");
        string certificates = $"certificates: {{ public: {{ certFile: {_stage.PathTo("tls/tls.crt")}, keyFile: {_stage.PathTo("tls/tls.key")} }} }}\n";
        _stage.Write("config.yaml", Yaml(tls: "implicit") + certificates);
        await _stage.LookAsync();
        Assert.Equal(TlsMode.Implicit, _stage.Sessions.RouteOf("mx").Listener.Tls);
        Assert.NotNull(_stage.Sessions.RouteOf("mx").ServerTls);

        _stage.Write("config.yaml", Yaml());
        await _stage.LookAsync();
        Assert.Null(_stage.Sessions.RouteOf("mx").ServerTls);
        Assert.Equal(double.NaN, _stage.Counted("certificate_not_after_timestamp_seconds{certificate=\"public\"}"));
    }

    [Fact]
    public async Task FilesAreLookedAtEveryFiveSeconds()
    {
        using CancellationTokenSource stop = new();
        Task watching = _stage.Watch.WatchAsync(stop.Token);
        _stage.Write("config.yaml", Yaml(hostname: "other.example.com"));
        _stage.Time.Advance(FileWatch.Period - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _stage.Counted("config_reloads_total{result=\"success\"}"));
        _stage.Time.Advance(TimeSpan.FromMilliseconds(1));
        for (int looks = 0; looks < 5000 && _stage.Running.Configuration.Hostname != "other.example.com"; looks++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);   // the tick runs on the pool
            _stage.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal("other.example.com", _stage.Running.Configuration.Hostname);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    public void Dispose() => _stage.Dispose();

    static string Yaml(string hostname = "mail.example.com", string upstream = "first", int limit = 100, string tls = "none") => $$"""
        hostname: {{hostname}}
        metrics: disabled
        listeners:
          mx: { address: '127.0.0.1:2525', tls: {{tls}}, upstream: {{upstream}}, limits: { connections: {{limit}} } }
        upstreams:
          first: { destinations: '127.0.0.1:10025', tls: none }
          second: { destinations: '127.0.0.1:10026', tls: none }

        """;

    void IsCounted(int success, int failure, bool lastTaken)
    {
        Assert.Equal(success, _stage.Counted("config_reloads_total{result=\"success\"}"));
        Assert.Equal(failure, _stage.Counted("config_reloads_total{result=\"failure\"}"));
        Assert.Equal(lastTaken ? 1 : 0, _stage.Counted("config_last_reload_successful"));
    }
}
