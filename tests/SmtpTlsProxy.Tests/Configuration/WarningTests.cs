namespace SmtpTlsProxy.Configuration;

public class WarningTests
{
    const string Public = "address: '0.0.0.0:2525', tls: opportunistic";
    const string Xclient = "destinations: '127.0.0.1:1', tls: none, identity: xclient";

    [Fact]
    public void ASoundConfigurationHasNoWarning() => Assert.Empty(Given.Load(Given.Certificates + Given.Route(Public, Xclient)).Warnings.Select(warning => warning.ToString()));

    [Theory]
    [InlineData("'10.0.0.1:25'", true)]
    [InlineData("'postfix:25'", true)]
    [InlineData("['127.0.0.1:25', 'mail.example.net:25']", true)]
    [InlineData("'127.0.0.1:25'", false)]
    [InlineData("'localhost:25'", false)]
    [InlineData("'unix:/run/smtp'", false)]
    [InlineData("'203.0.113.7:25'", false)]
    public void ClearTextToAnUpstreamBeyondLoopbackIsWarnedAbout(string destinations, bool warned)
    {
        LoadResult result = Given.Load(Given.Route(upstream: $"destinations: {destinations}, tls: none"));
        if (warned) Given.Warns(result, "upstreams.server.tls", "clear text");
        else Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("required", "{ mode: none }", true)]
    [InlineData("opportunistic", "{ mode: none }", true)]
    [InlineData("opportunistic", "{}", false)]
    [InlineData("required", "{ mode: pkix }", false)]
    public void VerificationSwitchedOffIsWarnedAbout(string tls, string verify, bool warned)
    {
        LoadResult result = Given.Load(Given.Route(upstream: $"destinations: 'a.example:1', tls: {tls}, verify: {verify}"));
        if (warned) Given.Warns(result, "upstreams.server.verify.mode", "takes any certificate");
        else Given.DoesNotWarn(result, "upstreams.server.verify.mode");
    }

    [Fact]
    public void VerificationWithoutTlsIsWarnedAbout() =>
        Given.Warns(Given.Load(Given.Route(upstream: "destinations: '127.0.0.1:1', tls: none, verify: { mode: pkix }")), "upstreams.server.verify", "no effect");

    [Theory]
    [InlineData("0.0.0.0:25", "", true)]
    [InlineData("0.0.0.0:2525", "", true)]
    [InlineData("0.0.0.0:587", "", false)]
    [InlineData("127.0.0.1:25", "", false)]
    [InlineData("0.0.0.0:25", ", allow: [10.0.0.0/8]", false)]
    public void RequiredOnPort25OfAPublicMxIsWarnedAbout(string address, string allow, bool warned)
    {
        LoadResult result = Given.Load(Given.Certificates + Given.Route($"address: '{address}', tls: required{allow}", Xclient));
        if (warned) Given.Warns(result, "listeners.mx.tls", "RFC 3207 section 4");
        else Given.DoesNotWarn(result, "listeners.mx.tls");
    }

    [Fact]
    public void PerAddressLimitsBehindABalancerWithoutProxyAreWarnedAbout()
    {
        const string path = "listeners.mx.limits.connectionsPerAddress";
        Machine kubernetes = Given.Machine with { IsInKubernetes = true };
        Given.Warns(Given.Load(Given.Certificates + Given.Route(Public, Xclient), kubernetes), path, "PROXY");
        Given.Warns(Given.Load(Given.Certificates + Given.Route(Public + ", allow: [192.0.2.1, 192.0.2.2]", Xclient)), path, "single hosts");
        Given.DoesNotWarn(Given.Load(Given.Certificates + Given.Route(Public, Xclient)), path);
        Given.DoesNotWarn(Given.Load(Given.Certificates + Given.Route(Public + ", proxyProtocol: { from: [192.0.2.1] }", Xclient), kubernetes), path);
        Given.DoesNotWarn(Given.Load(Given.Certificates + Given.Route(Public + ", limits: { connectionsPerAddress: 10000 }", Xclient), kubernetes), path);
        Given.DoesNotWarn(Given.Load(Given.Minimal, kubernetes), path);
    }

    [Theory]
    [InlineData("command: 4m", "command", "5m")]
    [InlineData("reply: 1m", "reply", "5m")]
    [InlineData("dataBlock: 100ms", "dataBlock", "3m")]
    [InlineData("dataTermination: 9m", "dataTermination", "10m")]
    public void ADurationBelowTheStandardsMinimumIsWarnedAbout(string written, string key, string minimum)
    {
        LoadResult result = Given.Load($"defaults: {{ timeouts: {{ {written} }} }}\n" + Given.Minimal);
        Assert.NotNull(result.Configuration);
        Mistake warning = Assert.Single(result.Warnings);
        Assert.Equal($"defaults.timeouts.{key}", warning.Path);
        Assert.Contains($"the {minimum} that RFC 5321 section 4.5.3.2", warning.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ASingleLabelIsWarnedAbout()
    {
        Given.Warns(Given.Load(Given.Minimal + "hostname: mail"), "hostname", "single label");
        Given.Warns(Given.Load(Given.Route(upstream: "destinations: '127.0.0.1:1', tls: none, helo: localhost")), "upstreams.server.helo", "single label");
    }

    [Fact]
    public void AnUpstreamNobodyUsesIsWarnedAbout() =>
        Given.Warns(Given.Load("listeners: { mx: { address: '127.0.0.1:1', tls: none, upstream: a } }\nupstreams: { a: { destinations: '127.0.0.1:2', tls: none }, b: { destinations: '127.0.0.1:3', tls: none } }"), "upstreams.b", "no listener");

    [Theory]
    [InlineData("authInClear: allow", "authInClear", "clear")]
    [InlineData("bareNewlines: pass", "bareNewlines", "smuggling")]
    public void WeakListenerChoicesAreWarnedAbout(string keys, string key, string words) =>
        Given.Warns(Given.Load(Given.Certificates + Given.Route($"{Public}, {keys}", Xclient)), $"listeners.mx.{key}", words);

    [Fact]
    public void WhatIsNotInForceYetIsSaid() =>
        Given.Warns(Given.Load(Given.Minimal + "log: { addresses: full }"), "log.addresses", "not in force yet");

    [Theory]
    [InlineData("destinations: 'a.example:1', tls: opportunistic, ratchet: enforce", "forgotten at a restart")]
    [InlineData("destinations: original, tls: opportunistic, ratchet: enforce", "are not remembered")]
    [InlineData("destinations: '127.0.0.1:1', tls: none, ratchet: report", "no effect")]
    public void ARatchetThatHoldsLittleIsWarnedAbout(string keys, string words) => Given.Warns(Given.Load(Given.Route(upstream: keys)), "upstreams.server.ratchet", words);

    [Fact]
    public void ARatchetWithAStateDirectoryIsNot() =>
        Assert.Empty(Given.Load($"stateDirectory: {Given.Directory}\n" + Given.Route(upstream: "destinations: 'a.example:1', tls: opportunistic, ratchet: enforce")).Warnings);

    [Theory]
    [InlineData("loadBalancing: leastSessions")]
    [InlineData("ratchet: report")]
    [InlineData("ratchet: disabled")]
    [InlineData("verify: { mode: pkix, revocation: disabled }")]
    [InlineData("verify: { mode: pkix, revocation: soft }")]
    [InlineData("verify: { revocation: hard }")]
    [InlineData($"verify: {{ mode: pin, pins: ['{Given.Pin}'] }}")]
    [InlineData($"verify: {{ mode: pinOrPkix, pins: '{Given.Pin}' }}")]
    [InlineData("quirks: [singleEhlo, heloOnly, lfReplies]")]
    public void WhatIsInForceIsNot(string keys) => Assert.Empty(Given.Load(Given.Route(upstream: $"destinations: 'a.example:1', tls: required, {keys}")).Warnings);

    [Theory]
    [InlineData("handshakes: 8")]
    [InlineData("connectionsPerMinutePerAddress: 5")]
    public void AListenersLimitsAreInForce(string limit)
    {
        Assert.Empty(Given.Load(Given.Route("address: '127.0.0.1:2525', tls: none, limits: { " + limit + " }")).Warnings);
        Assert.Empty(Given.Load("defaults: { limits: { " + limit + " } }\n" + Given.Minimal).Warnings);
    }

    [Fact]
    public void GlobalWordsNotInForceAreSaid()
    {
        Given.Warns(Given.Load(Given.Minimal + "log: { addresses: hashed }"), "log.addresses", "not in force yet");
        Assert.Empty(Given.Load(Given.Minimal + "log: { addresses: domainOnly }").Warnings);
    }

    [Fact]
    public void AStatusPageBeyondLoopbackIsWarnedAbout() =>
        Given.Warns(Given.Load(Given.Minimal + "status: { address: '0.0.0.0:9526' }"), "status.address", "drain the proxy");

    [Fact]
    public void ABalancerOnThisMachineBringsStrangersToALoopbackListener()
    {
        const string fronted = "address: '127.0.0.1:2525', tls: none, proxyProtocol: { from: 127.0.0.1 }";
        Given.Warns(Given.Load(Given.Route(fronted)), "upstreams.server.identity", "strangers from a balancer");
        Given.DoesNotWarn(Given.Load(Given.Route(fronted, Xclient)), "upstreams.server.identity");
    }
}
