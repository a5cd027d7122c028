using CsCheck;

namespace SmtpTlsProxy.Configuration;

public class SourceTests
{
    [Fact]
    public void TheContractsExampleIsRead()
    {
        string ca = Given.Pair.Cert;
        ProxyConfiguration configuration = Given.Valid($$"""
            hostname: mail.example.com
            defaults:
              limits:   { connections: 10000, connectionsPerAddress: 100, connectionsPerMinutePerAddress: 120, handshakes: 256, commandLine: 8KiB, badCommands: 20 }
              timeouts: { command: 5m, reply: 5m, dataBlock: 3m, dataTermination: 11m, handshake: 30s, proxyHeader: 5s, connect: 15s, upstreamReady: 25s, quit: 10s }
            listeners:
              mx:
                address: ["0.0.0.0:2525", "[::]:2525"]
                tls: opportunistic
                upstream: legacy
                certificates: [public]
                bareNewlines: normalize
                earlyTalkers: wait
                maxMessageSize: 50MiB
                proxyProtocol: { from: [10.0.0.0/8] }
              outbound:
                address: 127.0.0.1:2587
                tls: none
                upstream: smarthost
                allow: [127.0.0.0/8]
                authInClear: local
            upstreams:
              legacy:
                destinations: { a: "127.0.0.1:10025" }
                tls: none
                identity: xclient
              smarthost:
                destinations: ["smtp.example.net:587"]
                tls: required
                verify: { mode: pkix, name: smtp.example.net, caFile: {{ca}}, revocation: disabled }
                helo: mail.example.com
                ratchet: report
                loadBalancing: leastSessions
                health: { interval: 10s, timeout: 5s }
                quirks: []
            certificates:
              public: { certFile: {{Given.Pair.Cert}}, keyFile: {{Given.Pair.Key}} }
            reportOnly: []
            metrics: { address: "127.0.0.1:9525" }
            status:  { address: "127.0.0.1:9526" }
            drain:   { timeout: 25s }
            log:     { level: information, format: json, addresses: domainOnly, clientIp: full }
            """);

        Assert.Equal(["mx", "outbound"], configuration.Listeners.Select(listener => listener.Name));
        Assert.Equal(["0.0.0.0:2525", "[::]:2525"], configuration.Listeners[0].Addresses.Select(address => address.ToString()!));
        Assert.Equal(52_428_800, configuration.Listeners[0].MaxMessageSize);
        Assert.Equal("10.0.0.0/8", Assert.Single(configuration.Listeners[0].ProxyProtocolFrom).ToString());
        Assert.Null(configuration.Listeners[0].Allow);
        Assert.Equal("127.0.0.0/8", Assert.Single(configuration.Listeners[1].Allow!).ToString());
        Assert.Equal(Identity.XClient, configuration.Upstreams[0].Identity);
        Assert.Equal("a", configuration.Upstreams[0].Destinations[0].Id);
        Assert.Equal("d1", configuration.Upstreams[1].Destinations[0].Id);
        Assert.Equal(new VerifyConfiguration(VerifyMode.Pkix, "smtp.example.net", ca, Revocation.Disabled, true), configuration.Upstreams[1].Verify);
        Assert.Equal(HealthConfiguration.Default, configuration.Upstreams[1].Health);
        Assert.Equal(9525, configuration.Metrics!.Port);
        Assert.Equal(new LogConfiguration(), configuration.Log);
    }

    [Fact]
    public void WhatIsNotWrittenHasTheContractsDefaults()
    {
        ProxyConfiguration configuration = Given.Valid(Given.Minimal);
        Assert.Equal("mail.example.com", configuration.Hostname);
        Assert.Equal(new LimitConfiguration(), configuration.Listeners[0].Limits);
        Assert.Equal(new TimeoutConfiguration(), configuration.Listeners[0].Timeouts);
        Assert.Equal(new LimitConfiguration(), configuration.Upstreams[0].Limits);
        Assert.Equal(new TimeoutConfiguration(), configuration.Upstreams[0].Timeouts);
        Assert.Equal(AuthInClear.Local, configuration.Listeners[0].AuthInClear);
        Assert.Equal(Protocol.BareNewlines.Normalize, configuration.Listeners[0].BareNewlines);
        Assert.Equal(Ratchet.Report, configuration.Upstreams[0].Ratchet);
        Assert.Null(configuration.Upstreams[0].Health);
        Assert.Equal("127.0.0.1:9525", configuration.Metrics!.ToString());
        Assert.Equal("127.0.0.1:9526", configuration.Status!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(25), configuration.DrainTimeout);
    }

    [Fact]
    public void JsonIsReadTheSameWay()
    {
        ProxyConfiguration configuration = Given.Valid("""
            {
            	"listeners":{"mx":{"address":["127.0.0.1:2525"],"tls":"none","upstream":"server","limits":{"connections":5}}},
            	"upstreams":{"server":{"destinations":{"a":"127.0.0.1:10025"},"tls":"none"}},
              "metrics":"disabled"
            }
            """);
        Assert.Equal(5, configuration.Listeners[0].Limits.Connections);
        Assert.Null(configuration.Metrics);
    }

    [Fact]
    public void AnchorsAreFollowed()
    {
        ProxyConfiguration configuration = Given.Valid(Given.Minimal + "defaults:\n  timeouts:\n    connect: &short 3s\n    quit: *short\n");
        Assert.Equal(TimeSpan.FromSeconds(3), configuration.Upstreams[0].Timeouts.Quit);
    }

    [Fact]
    public void DefaultsHoldForAllAndAreOverriddenByAListenersOwn()
    {
        ProxyConfiguration configuration = Given.Valid(
            "defaults: { limits: { connections: 7 }, timeouts: { quit: 2s } }\n" + Given.Route("address: '127.0.0.1:2525', tls: none, limits: { connections: 9 }", "destinations: '127.0.0.1:10025', tls: none, timeouts: { quit: 3s }"));
        Assert.Equal(9, configuration.Listeners[0].Limits.Connections);
        Assert.Equal(7, configuration.Upstreams[0].Limits.Connections);
        Assert.Equal(TimeSpan.FromSeconds(2), configuration.Listeners[0].Timeouts.Quit);
        Assert.Equal(TimeSpan.FromSeconds(3), configuration.Upstreams[0].Timeouts.Quit);
    }

    [Fact]
    public void TheEnvironmentWinsOverTheFileAndFlagsOverBoth()
    {
        RunFlags flags = new() { Metrics = "127.0.0.1:1003" };
        LoadResult result = Given.Load(Given.Minimal + "metrics: { address: '127.0.0.1:1001' }\nstatus: { address: '127.0.0.1:2001' }\ndrain: { timeout: 7s }", null, flags,
            ("SMTP_TLS_PROXY__METRICS__ADDRESS", "127.0.0.1:1002"), ("SMTP_TLS_PROXY__STATUS__ADDRESS", "127.0.0.1:2002"));
        Assert.Empty(result.Mistakes);
        Assert.Equal(["127.0.0.1:1003 flag --metrics", "127.0.0.1:2002 environment variable SMTP_TLS_PROXY__STATUS__ADDRESS", "7s config.yaml:5:19"],
            new[] { "metrics.address", "status.address", "drain.timeout" }.Select(path => result.Effective.Single(value => value.Path == path)).Select(value => $"{value.Value} {value.Origin}"));
    }

    [Fact]
    public void AWholeConfigurationMayComeFromTheEnvironment()
    {
        ProxyConfiguration configuration = Given.Valid("", null, null,
            ("SMTP_TLS_PROXY__LISTENERS__MX__ADDRESS__0", "127.0.0.1:2525"), ("SMTP_TLS_PROXY__LISTENERS__MX__ADDRESS__1", "[::1]:2525"),
            ("SMTP_TLS_PROXY__LISTENERS__MX__TLS", "none"), ("SMTP_TLS_PROXY__LISTENERS__MX__UPSTREAM", "my_server"),
            ("SMTP_TLS_PROXY__LISTENERS__MX__ALLOW", "127.0.0.0/8, 10.0.0.0/8"),
            ("SMTP_TLS_PROXY__UPSTREAMS__MY_SERVER__DESTINATIONS__B", "127.0.0.1:10026"), ("SMTP_TLS_PROXY__UPSTREAMS__MY_SERVER__DESTINATIONS__A", "127.0.0.1:10025"),
            ("SMTP_TLS_PROXY__UPSTREAMS__MY_SERVER__TLS", "none"), ("SMTP_TLS_PROXY__METRICS", "disabled"),
            ("SMTP_TLS_PROXY_PORT", "tcp://10.0.0.1:25"), ("PATH", "/bin"));
        Assert.Equal(2, configuration.Listeners[0].Addresses.Count);
        Assert.Equal(2, configuration.Listeners[0].Allow!.Count);
        Assert.Equal(["a", "b"], configuration.Upstreams[0].Destinations.Select(destination => destination.Id));
        Assert.Null(configuration.Metrics);
    }

    [Fact]
    public void ALaterSourceAddsADestinationByIdAndReplacesThemByAList()
    {
        const string yaml = "listeners: { mx: { address: '127.0.0.1:2525', tls: none, upstream: server } }\nupstreams: { server: { destinations: { a: '127.0.0.1:1', b: '127.0.0.1:2' }, tls: none } }";
        ProxyConfiguration added = Given.Valid(yaml, null, null, ("SMTP_TLS_PROXY__UPSTREAMS__SERVER__DESTINATIONS__B", "127.0.0.1:3"));
        Assert.Equal(["127.0.0.1:1", "127.0.0.1:3"], added.Upstreams[0].Destinations.Select(destination => destination.ToString()));
        ProxyConfiguration replaced = Given.Valid(yaml, null, null, ("SMTP_TLS_PROXY__UPSTREAMS__SERVER__DESTINATIONS", "127.0.0.1:4,127.0.0.1:5"));
        Assert.Equal(["127.0.0.1:4", "127.0.0.1:5"], replaced.Upstreams[0].Destinations.Select(destination => destination.ToString()));
    }

    [Fact]
    public void AWordFromALaterSourceReplacesAMapAndAMapReplacesTheWord()
    {
        Assert.Null(Given.Valid(Given.Minimal + "status: { address: '127.0.0.1:1' }", null, null, ("SMTP_TLS_PROXY__STATUS", "disabled")).Status);
        Assert.Equal(2, Given.Valid(Given.Minimal + "status: disabled", null, null, ("SMTP_TLS_PROXY__STATUS__ADDRESS", "127.0.0.1:2")).Status!.Port);
    }

    [Fact]
    public void KeysAreReadInAnyCase()
    {
        ProxyConfiguration configuration = Given.Valid("LISTENERS: { mx: { Address: '127.0.0.1:2525', TLS: none, Upstream: server, MaxMessageSize: 1MiB } }\nupstreams: { server: { destinations: '127.0.0.1:1', tls: none } }");
        Assert.Equal(1 << 20, configuration.Listeners[0].MaxMessageSize);
    }

    [Fact]
    public void FlagsMakeOneListenerAndTheStatusPageIsOffUnlessNamed()
    {
        RunFlags flags = new()
        {
            Listen = "0.0.0.0:2525", Tls = "opportunistic", Upstream = "127.0.0.1:10025", UpstreamTls = "none",
            Cert = Given.Pair.Cert, Key = Given.Pair.Key, Identity = "xclient", Allow = ["192.0.2.0/24", "198.51.100.0/24"],
        };
        LoadResult result = ConfigurationLoader.Load(ConfigurationSources.Read(null, flags, Given.Environment(), "/nonexistent"), Given.Machine);
        Assert.Empty(result.Mistakes);
        ListenerConfiguration listener = Assert.Single(result.Configuration!.Listeners);
        Assert.Equal(("default", "default"), (listener.Name, listener.Upstream));
        Assert.Equal(2, listener.Allow!.Count);
        Assert.Equal(Identity.XClient, result.Configuration.Upstreams[0].Identity);
        Assert.Null(result.Configuration.Status);
        Assert.Equal(9525, result.Configuration.Metrics!.Port);
        LoadResult named = ConfigurationLoader.Load(ConfigurationSources.Read(null, flags with { Status = "127.0.0.1:9999", Metrics = "disabled" }, Given.Environment(), "/nonexistent"), Given.Machine);
        Assert.Equal(9999, named.Configuration!.Status!.Port);
        Assert.Null(named.Configuration.Metrics);
    }

    [Fact]
    public void WhatFlagsLackIsToldByTheFlagsName()
    {
        LoadResult result = ConfigurationLoader.Load(ConfigurationSources.Read(null, new RunFlags { Listen = "0.0.0.0:2525" }, Given.Environment(), "/nonexistent"), Given.Machine);
        Assert.Contains(result.Mistakes, mistake => mistake.Path == "listeners.default.tls" && mistake.Remedy.Contains("--tls", StringComparison.Ordinal));
        Assert.Contains(result.Mistakes, mistake => mistake.Path == "listeners.default.upstream" && mistake.Remedy.Contains("upstreams", StringComparison.Ordinal));
    }

    [Fact]
    public void ANamedFileThatIsMissingIsTheOneMistake()
    {
        LoadResult result = ConfigurationLoader.Load(ConfigurationSources.Read("/nonexistent/config.yaml", new RunFlags(), Given.Environment(), "/nonexistent"), Given.Machine);
        Mistake mistake = Assert.Single(result.Mistakes);
        Assert.Contains("/nonexistent/config.yaml", mistake.ToString(), StringComparison.Ordinal);
        Assert.Contains("--config", mistake.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAnySourceTheMissingListenerIsTold()
    {
        LoadResult result = ConfigurationLoader.Load(ConfigurationSources.Read(null, new RunFlags(), Given.Environment(), "/nonexistent"), Given.Machine);
        Assert.Equal("listeners", Assert.Single(result.Mistakes).Path);
    }

    [Theory]
    [InlineData("listeners: [", "config.yaml:2:1")]
    [InlineData("listeners:\n  mx:\n\ttls: none", "config.yaml:3")]
    [InlineData("a: *nobody", "config.yaml:1:4")]
    [InlineData("a: 1\n---\nb: 2", "config.yaml:2:1")]
    [InlineData("? [a, b]\n: 1", "config.yaml:1")]
    public void BrokenYamlIsToldWithItsPlace(string yaml, string place)
    {
        Mistake mistake = Given.OnlyMistake(yaml);
        Assert.StartsWith(place, mistake.ToString(), StringComparison.Ordinal);
        Assert.Contains("no valid YAML", mistake.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TheMachinesNameIsTheHostnameOnlyIfItIsAnFqdn()
    {
        Assert.Null(Given.Valid(Given.Minimal, Given.Machine with { HostName = "vm" }).Hostname);
        Assert.Null(Given.Valid(Given.Minimal, Given.Machine with { HostName = "a_b.example" }).Hostname);
        Assert.Equal("other.example", Given.Valid(Given.Minimal + "hostname: other.example").Hostname);
    }

    [Fact]
    public void TheHashIsThatOfTheValuesAndNotOfTheirSource()
    {
        LoadResult file = Given.Load(Given.Minimal + "drain: { timeout: 9s }");
        LoadResult environment = Given.Load(Given.Minimal, null, null, ("SMTP_TLS_PROXY__DRAIN__TIMEOUT", "9s"));
        Assert.Equal(file.Hash, environment.Hash);
        Assert.NotEqual(file.Hash, Given.Load(Given.Minimal).Hash);
        Assert.InRange(file.Hash, 0, 1L << 48);
    }

    [Fact]
    public void AJsonFileMayNameItsSchema() => Given.Valid(Given.Minimal + "$schema: ./smtp-tls-proxy.schema.json");

    [Fact]
    public void NoTextMakesTheReaderThrow() =>
        Gen.Select(Gen.Int[0, Examples.All["ingress"].Length - 1], Gen.Int[0, 12], Gen.String[Gen.Char["abAB:[]{}'\"\\n\\t ,&*-#|>%@!?0"], 0, 4])
            .Sample((at, removed, put) =>
            {
                string text = Examples.All["ingress"];
                LoadResult result = Given.Load(text[..at] + put + text[Math.Min(text.Length, at + removed)..]);
                Assert.Equal(result.Mistakes.Count > 0, result.Configuration is null);
            }, iter: 2000, threads: 1);
}
