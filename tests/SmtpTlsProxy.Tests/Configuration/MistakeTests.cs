namespace SmtpTlsProxy.Configuration;

/// <summary>Each mistake with its path, its place and its remedy.</summary>
public class MistakeTests
{
    [Theory]
    [InlineData("hostnme: a.example", "hostnme", "no such key", "Did you mean hostname?")]
    [InlineData("verify: { mode: pkix }", "verify", "no such key", "upstreams.*")]
    [InlineData("tls: none", "tls", "no such key", "listeners.*")]
    [InlineData("nonsense: 1", "nonsense", "no such key", "Known here are hostname")]
    [InlineData("<<: { a: 1 }", "<<", "no such key", "Known here are")]
    [InlineData("hostname: a b", "hostname", "no valid domain name", "mail.example.com")]
    [InlineData("hostname: [a]", "hostname", "a domain name is expected, not a list", "domain name")]
    [InlineData("hostname:", "hostname", "it has no value", "remove the key")]
    [InlineData("drain: { timeout: soon }", "drain.timeout", "\"soon\" is no duration", "500ms, 10s, 5m or 1h")]
    [InlineData("drain: { timeout: 50ms }", "drain.timeout", "shorter than 100ms", "100ms or more")]
    [InlineData("drain: 25s", "drain", "keys are expected beneath it", "timeout")]
    [InlineData("reportOnly: [tls]", "reportOnly", "\"tls\" is no word", "required, verification")]
    [InlineData("reportOnly: { a: 1 }", "reportOnly", "expected, not a map", "any of")]
    [InlineData("metrics: off", "metrics", "\"off\" is no word", "disabled")]
    [InlineData("metrics: { address: '9525' }", "metrics.address", "no address with a port", "127.0.0.1:9525")]
    [InlineData("log: { level: loud }", "log.level", "\"loud\" is no word", "debug")]
    [InlineData("log: { format: xml }", "log.format", "\"xml\" is no word", "json, text")]
    [InlineData("Hostname: a.example\nhostname: a.example", "hostname", "differ only in case", "Keep one")]
    [InlineData("hostname: a.example\nhostname: a.example", "hostname", "written twice", "Keep one")]
    [InlineData("certificates: { Public: { certFile: a, keyFile: b } }", "certificates.Public", "no valid name", "small letter")]
    [InlineData("defaults: { limits: { connections: 0 } }", "defaults.limits.connections", "out of range", "from 1 to 1000000")]
    [InlineData("defaults: { limits: { connections: many } }", "defaults.limits.connections", "no number", "from 1 to 1000000")]
    [InlineData("defaults: { limits: { commandLine: 100 } }", "defaults.limits.commandLine", "out of range", "from 512B to 64KiB")]
    [InlineData("defaults: { limits: { commandLine: 8KB } }", "defaults.limits.commandLine", "no size", "8KiB")]
    [InlineData("status: { address: '127.0.0.1:9525' }", "status.address", "taken by metrics.address", "its own address")]
    public void AGlobalMistakeIsTold(string line, string path, string problem, string remedy) => IsTold(Given.Load(Given.Minimal + line), path, problem, remedy);

    [Theory]
    [InlineData("tls: none", "listeners.mx.address", "missing", "host:port")]
    [InlineData("address: '127.0.0.1:2525'", "listeners.mx.tls", "missing and has no default", "none, opportunistic, required, implicit")]
    [InlineData("address: [], tls: none", "listeners.mx.address", "the list is empty", "at least one")]
    [InlineData("address: '127.0.0.1', tls: none", "listeners.mx.address", "no address with a port", "[v6]:port")]
    [InlineData("address: 'mail.example.com:25', tls: none", "listeners.mx.address", "no IP address", "host:port")]
    [InlineData("address: '127.0.0.1:2525', tls: on", "listeners.mx.tls", "\"on\" is no word", "none, opportunistic, required, implicit")]
    [InlineData("address: '127.0.0.1:2525', tls: opportunistic", "listeners.mx.tls", "no certificate", "certFile")]
    [InlineData("address: '127.0.0.1:2525', tls: implicit", "listeners.mx.tls", "no certificate", "--cert")]
    [InlineData("address: '127.0.0.1:2525', tls: none, certificates: [public]", "listeners.mx.certificates", "no certificate is called \"public\"", "certificates")]
    [InlineData("address: '127.0.0.1:2525', tls: none, allow: []", "listeners.mx.allow", "nobody could use", "remove the key")]
    [InlineData("address: '127.0.0.1:2525', tls: none, allow: [10.0.0.0/40]", "listeners.mx.allow", "no network", "10.0.0.0/8")]
    [InlineData("address: '127.0.0.1:2525', tls: none, proxyProtocol: {}", "listeners.mx.proxyProtocol.from", "no balancer", "remove proxyProtocol")]
    [InlineData("address: '127.0.0.1:2525', tls: none, proxyProtocol: { from: [] }", "listeners.mx.proxyProtocol.from", "no balancer", "networks")]
    [InlineData("address: '127.0.0.1:2525', tls: none, proxyProtocol: { from: [x] }", "listeners.mx.proxyProtocol.from", "\"x\" is no network", "10.0.0.0/8")]
    [InlineData("address: '127.0.0.1:2525', tls: none, maxMessageSize: 1", "listeners.mx.maxMessageSize", "out of range", "1KiB or more")]
    [InlineData("address: '127.0.0.1:2525', tls: none, bareNewlines: fix", "listeners.mx.bareNewlines", "no word", "reject, normalize, accept, pass")]
    [InlineData("address: '127.0.0.1:2525', tls: none, earlyTalkers: 1", "listeners.mx.earlyTalkers", "no word", "wait, refuse")]
    [InlineData("address: '127.0.0.1:2525', tls: none, authInClear: yes", "listeners.mx.authInClear", "no word", "never, local, allow")]
    [InlineData("address: '127.0.0.1:2525', tls: none, verify: {}", "listeners.mx.verify", "no such key", "upstreams.*")]
    [InlineData("address: '127.0.0.1:2525', tls: none, timeouts: { comand: 5m }", "listeners.mx.timeouts.comand", "no such key", "command")]
    [InlineData("address: ['127.0.0.1:2525', '127.0.0.1:2525'], tls: none", "listeners.mx.address", "taken by listeners.mx.address", "its own")]
    [InlineData("address: '127.0.0.1:9525', tls: none", "metrics.address", "taken by listeners.mx.address", "its own")]
    public void AListenersMistakeIsTold(string keys, string path, string problem, string remedy) => IsTold(Given.Load(Given.Route(listener: keys)), path, problem, remedy);

    [Theory]
    [InlineData("tls: none", "upstreams.server.destinations", "no destination", "host:port")]
    [InlineData("destinations: [], tls: none", "upstreams.server.destinations", "no destination", "host:port")]
    [InlineData("destinations: '127.0.0.1:25'", "upstreams.server.tls", "missing and has no default", "none, opportunistic")]
    [InlineData("destinations: '127.0.0.1', tls: none", "upstreams.server.destinations.d1", "no host with a port", "host:port")]
    [InlineData("destinations: { A: '127.0.0.1:25' }, tls: none", "upstreams.server.destinations.A", "no valid name", "small letter")]
    [InlineData("destinations: { a: '1.2.3.4:25', a: '1.2.3.4:26' }, tls: none", "upstreams.server.destinations.a", "written twice", "Keep one")]
    [InlineData("destinations: { a: 'under score:25' }, tls: none", "upstreams.server.destinations.a", "no valid domain name", "unix:/path")]
    [InlineData("destinations: [{ a: b }], tls: none", "upstreams.server.destinations", "the list holds a map", "plain values")]
    [InlineData("destinations: '127.0.0.1:25', tls: none, identity: xcient", "upstreams.server.identity", "no word", "none, proxyV1, proxyV2, xclient, xforward")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { mode: full }", "upstreams.server.verify.mode", "no word", "none, pkix, pin, pinOrPkix")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { name: 'a b' }", "upstreams.server.verify.name", "no valid domain name", "mail.example.com")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { caFile: /nonexistent }", "upstreams.server.verify.caFile", "cannot be read", "PEM")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { revocation: true }", "upstreams.server.verify.revocation", "no word", "disabled, soft, hard")]
    [InlineData("destinations: '127.0.0.1:25', tls: none, helo: 'a b'", "upstreams.server.helo", "no valid domain name", "[192.0.2.1]")]
    [InlineData("destinations: '127.0.0.1:25', tls: none, ratchet: on", "upstreams.server.ratchet", "no word", "disabled, report, enforce")]
    [InlineData("destinations: '127.0.0.1:25', tls: none, loadBalancing: any", "upstreams.server.loadBalancing", "no word", "leastSessions")]
    [InlineData("destinations: '127.0.0.1:25', tls: none, quirks: [odd]", "upstreams.server.quirks", "\"odd\" is no word", "heloOnly")]
    [InlineData("destinations: '127.0.0.1:25', tls: none, health: { interval: 1 }", "upstreams.server.health.interval", "no duration", "10s")]
    [InlineData("destinations: original, tls: required", "upstreams.server.verify.name", "original destinations have no name", "verify.name")]
    [InlineData("destinations: original, tls: opportunistic, verify: { mode: pkix }", "upstreams.server.verify.name", "original destinations have no name", "opportunistic")]
    [InlineData("destinations: 'unix:/run/smtp', tls: required", "upstreams.server.verify.name", "unix socket has no name", "verify.name")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { mode: pin }", "upstreams.server.verify.pins", "pin has nothing to compare with", "spki:sha256:")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { mode: pinOrPkix, pins: [] }", "upstreams.server.verify.pins", "pinOrPkix has nothing", "spki:sha256:")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { mode: pin, pins: ['sha256:00'] }", "upstreams.server.verify.pins", "does not begin with spki:sha256: or cert:sha256:", "64 hexadecimal")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, verify: { mode: pin, pins: ['cert:sha256:00'] }", "upstreams.server.verify.pins", "holds no SHA-256 digest", "base64")]
    [InlineData($"destinations: '127.0.0.1:25', tls: required, verify: {{ pins: '{Given.Pin}' }}", "upstreams.server.verify.pins", "the mode is pkix", "mode: pin")]
    [InlineData("destinations: '127.0.0.1:25', tls: required, clientCertificate: mine", "upstreams.server.clientCertificate", "no certificate is called", "beneath certificates")]
    public void AnUpstreamsMistakeIsTold(string keys, string path, string problem, string remedy) => IsTold(Given.Load(Given.Route(upstream: keys)), path, problem, remedy);

    [Fact]
    public void AnUpstreamNobodyDefinedIsToldWithTheOneThatWasMeant()
    {
        Mistake mistake = Given.OnlyMistake("listeners: { mx: { address: '127.0.0.1:25', tls: none, upstream: lagacy } }\nupstreams: { legacy: { destinations: '127.0.0.1:26', tls: none } }");
        Assert.Equal("listeners.mx.upstream", mistake.Path);
        Assert.Contains("Did you mean legacy?", mistake.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'127.0.0.1:2525'", "'127.0.0.1:2525'", true)]
    [InlineData("'127.0.0.1:2525'", "'127.0.0.1:2526'", false)]
    [InlineData("'0.0.0.0:2525'", "'127.0.0.1:2525'", true)]
    [InlineData("'[::]:2525'", "'0.0.0.0:2525'", false)]
    [InlineData("'127.0.0.1:0'", "'127.0.0.1:0'", false)]
    [InlineData("'unix:/run/a'", "'unix:/run/a'", true)]
    [InlineData("'systemd:a'", "'systemd:a'", true)]
    [InlineData("'systemd:a'", "'systemd:b'", false)]
    public void TwoListenersOnOneAddressAreRefused(string first, string second, bool collide)
    {
        LoadResult result = Given.Load($$"""
            listeners:
              one: { address: {{first}}, tls: none, upstream: server, allow: [10.0.0.0/8] }
              two: { address: {{second}}, tls: none, upstream: server, allow: [10.0.0.0/8] }
            upstreams: { server: { destinations: "127.0.0.1:10025", tls: none, identity: xclient } }
            """);
        Assert.Equal(collide, result.Mistakes.Any(mistake => mistake.Path == "listeners.two.address" && mistake.Problem.Contains("listeners.one.address", StringComparison.Ordinal)));
        Assert.Equal(collide, result.Configuration is null);
    }

    [Fact]
    public void EveryMistakeIsToldAtOnceWithLineAndColumn()
    {
        LoadResult result = Given.Load("""
            hostname: a b
            listeners:
              mx:
                address: 127.0.0.1:2525
                tls: on
                upstreem: server
                maxMessageSize: huge
            drain: { timeout: never }
            """);
        Assert.Equal(
            ["hostname config.yaml:1:11", "listeners.mx.tls config.yaml:5:10", "listeners.mx.upstreem config.yaml:6:5", "listeners.mx.maxMessageSize config.yaml:7:21", "listeners.mx.upstream config.yaml:3:3", "drain.timeout config.yaml:8:19"],
            [.. result.Mistakes.Select(mistake => $"{mistake.Path} {mistake.Origin}").OrderBy(line => int.Parse(line.Split(':')[1]) * 10 + (line.EndsWith(":3:3", StringComparison.Ordinal) ? 45 : 0))]);
    }

    [Fact]
    public void AMistakeInTheEnvironmentNamesTheVariable()
    {
        LoadResult result = Given.Load(Given.Minimal, null, null, ("SMTP_TLS_PROXY__LISTENERS__MX__TSL", "none"), ("SMTP_TLS_PROXY__LISTENERS__MX__LIMITS__HANDSHAKES", "-1"));
        Assert.Contains(result.Mistakes, mistake => mistake.ToString() == "listeners.mx.tsl (environment variable SMTP_TLS_PROXY__LISTENERS__MX__TSL): there is no such key. Did you mean tls?");
        Assert.Contains(result.Mistakes, mistake => mistake.Path == "listeners.mx.limits.handshakes" && mistake.Origin.Text.EndsWith("HANDSHAKES", StringComparison.Ordinal));
    }

    [Fact]
    public void TwoVariablesThatDifferOnlyInCaseAreAMistake()
    {
        LoadResult result = Given.Load(Given.Minimal, null, null, ("SMTP_TLS_PROXY__HOSTNAME", "a.example"), ("SMTP_TLS_PROXY__hostname", "b.example"));
        Assert.Equal("hostname", Assert.Single(result.Mistakes).Path);
    }

    [Theory]
    [InlineData("'127.0.0.1:2525'", "", true)]
    [InlineData("'unix:/run/smtp'", "", true)]
    [InlineData("'0.0.0.0:2525'", ", allow: [10.0.0.0/8]", true)]
    [InlineData("'0.0.0.0:2525'", "", false)]
    [InlineData("'0.0.0.0:2525'", ", allow: [10.0.0.0/8, '::/0']", false)]
    public void Rule_5_2_AcceptIsForLoopbackOrListedNetworksOnly(string address, string allow, bool isValid)
    {
        LoadResult result = Given.Load(Given.Certificates + Given.Route($"address: {address}, tls: opportunistic, bareNewlines: accept{allow}", "destinations: '127.0.0.1:1', tls: none, identity: xclient"));
        Assert.Equal(isValid, result.Configuration is not null);
        if (!isValid) IsTold(result, "listeners.mx.bareNewlines", "loopback or listed networks only", "listeners.mx.allow");
    }

    [Theory]
    [InlineData("'10.0.0.5:25'")]
    [InlineData("'smtp.example.net:25'")]
    [InlineData("original, verify: { name: a.example }")]
    public void Rule_4_8_PkixNeedsANameOnlyForOriginalDestinations(string destinations) => Given.Valid(Given.Route(upstream: $"destinations: {destinations}, tls: required"));

    [Theory]
    [InlineData("none", "", VerifyMode.None, false)]
    [InlineData("opportunistic", "", VerifyMode.None, false)]
    [InlineData("required", "", VerifyMode.Pkix, false)]
    [InlineData("implicit", "", VerifyMode.Pkix, false)]
    [InlineData("opportunistic", "mode: none", VerifyMode.None, true)]
    [InlineData("opportunistic", "mode: pkix", VerifyMode.Pkix, true)]
    [InlineData("required", "mode: none", VerifyMode.None, true)]
    [InlineData("required", "name: smtp", VerifyMode.Pkix, false)]
    public void TheVerificationModeFollowsFromTls(string tls, string verify, object mode, bool written)
    {
        VerifyConfiguration read = Given.Valid(Given.Route(upstream: $"destinations: 'a.example:25', tls: {tls}, verify: {{ {verify} }}")).Upstreams[0].Verify;
        Assert.Equal((mode, written), ((object)read.Mode, read.WasWritten));
    }

    static void IsTold(LoadResult result, string path, string problem, string remedy)
    {
        Assert.Null(result.Configuration);
        Mistake mistake = Assert.Single(result.Mistakes);
        Assert.Equal(path, mistake.Path);
        Assert.Contains(problem, mistake.Problem, StringComparison.Ordinal);
        Assert.Contains(remedy, mistake.Remedy, StringComparison.Ordinal);
    }
}
