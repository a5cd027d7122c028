namespace SmtpTlsProxy.Configuration;

/// <summary>The contract's open relay refusals (rule 6.9).</summary>
public class RelayRefusalTests
{
    const string Allowed = ", allow: ['0.0.0.0/0', '::/0']";

    [Theory]
    [InlineData("127.0.0.1:10025")]
    [InlineData("[::1]:25")]
    [InlineData("[::ffff:127.0.0.1]:25")]
    [InlineData("0.0.0.0:25")]
    [InlineData("unix:/run/smtp")]
    [InlineData("localhost:25")]
    [InlineData("203.0.113.7:25")]
    [InlineData("[2001:db8::7]:25")]
    [InlineData("10.1.2.3:25")]
    [InlineData("172.31.0.1:25")]
    [InlineData("192.168.1.1:25")]
    [InlineData("100.64.0.1:25")]
    [InlineData("169.254.0.1:25")]
    [InlineData("[fe80::1]:25")]
    [InlineData("[fd00::1]:25")]
    [InlineData("postfix:25")]
    [InlineData("postfix.mail.svc:25")]
    [InlineData("postfix.mail.svc.cluster.local:25")]
    [InlineData("postfix.local:25")]
    [InlineData("Postfix.INTERNAL.:25")]
    [InlineData("mail.example.net:25")]
    [InlineData("original")]
    public void Rule_6_9_AServerThatMayTrustItsNeighboursNeedsAWrittenIdentity(string destination)
    {
        LoadResult result = Load("address: '0.0.0.0:2525', tls: opportunistic" + Allowed, destination);
        Mistake mistake = Assert.Single(result.Mistakes);
        Assert.Equal("upstreams.server.identity", mistake.Path);
        Assert.Contains("open relay inward", mistake.Problem, StringComparison.Ordinal);
        Assert.Contains("identity: xclient", mistake.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("198.51.100.1:25")]
    [InlineData("[2001:db8::1]:25")]
    [InlineData("172.32.0.1:25")]
    [InlineData("100.128.0.1:25")]
    public void APublicAddressNeedsNoIdentity(string destination) =>
        Assert.Empty(Load("address: '0.0.0.0:2525', tls: opportunistic" + Allowed, destination).Mistakes);

    [Theory]
    [InlineData("0.0.0.0:2525")]
    [InlineData("[::]:2525")]
    [InlineData("10.0.0.9:2525")]
    [InlineData("[::ffff:10.0.0.9]:2525")]
    [InlineData("systemd:mx")]
    public void WhatStrangersReachIsBeyondLoopback(string address) =>
        Assert.Equal(2, Load($"address: '{address}', tls: none", "127.0.0.1:25").Mistakes.Count);

    [Theory]
    [InlineData("127.0.0.1:2525")]
    [InlineData("127.9.9.9:2525")]
    [InlineData("[::1]:2525")]
    [InlineData("unix:/run/proxy")]
    public void ALoopbackListenerIsNobodysRelay(string address)
    {
        Assert.Empty(Load($"address: '{address}', tls: none", "127.0.0.1:25").Mistakes);
        Assert.Empty(Load($"address: '{address}', tls: none", "mail.example.net:25").Mistakes);
    }

    [Fact]
    public void OneAddressBeyondLoopbackIsEnough() =>
        Assert.Equal("upstreams.server.identity", Assert.Single(Load("address: ['127.0.0.1:1', '10.0.0.1:1'], tls: opportunistic", "127.0.0.1:25").Mistakes).Path);

    [Theory]
    [InlineData("xclient", false)]
    [InlineData("proxyV1", false)]
    [InlineData("proxyV2", false)]
    [InlineData("none", true)]
    [InlineData("xforward", true)]
    public void AWrittenIdentityIsAllowedAndAWeakOneWarnedAbout(string identity, bool isWeak)
    {
        LoadResult result = Load("address: '0.0.0.0:2525', tls: opportunistic", $"127.0.0.1:25', identity: {identity}, helo: 'a.example");
        Assert.Empty(result.Mistakes);
        Assert.Equal(isWeak, result.Warnings.Any(warning => warning.Path == "upstreams.server.identity" && warning.Remedy.Contains("xclient", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("none", "127.0.0.1:25", true)]
    [InlineData("none", "198.51.100.1:25", true)]
    [InlineData("opportunistic", "127.0.0.1:25", false)]
    [InlineData("required", "10.0.0.1:25", false)]
    [InlineData("opportunistic", "unix:/run/smtp", false)]
    [InlineData("opportunistic", "postfix.svc:25", false)]
    [InlineData("opportunistic", "198.51.100.1:25", true)]
    [InlineData("implicit", "203.0.113.7:25", true)]
    [InlineData("implicit", "mail.example.net:25", true)]
    [InlineData("implicit", "notlocal:25", false)]
    [InlineData("implicit", "mail.notlocal:25", true)]
    [InlineData("required", "original", true)]
    public void Rule_6_9_AWayOutNeedsToKnowWhoMayUseIt(string tls, string destination, bool isRefused)
    {
        LoadResult refused = Load($"address: '0.0.0.0:2587', tls: {tls}", $"{destination}', identity: xclient, helo: 'a.example");
        Assert.Equal(isRefused ? ["listeners.mx.allow"] : [], refused.Mistakes.Select(mistake => mistake.Path));
        if (isRefused)
        {
            Assert.Contains("open relay outward", refused.Mistakes[0].Problem, StringComparison.Ordinal);
            Assert.Contains("Write allow", refused.Mistakes[0].Remedy, StringComparison.Ordinal);
        }
        Assert.Empty(Load($"address: '0.0.0.0:2587', tls: {tls}, allow: [10.0.0.0/8]", $"{destination}', identity: xclient, helo: 'a.example").Mistakes);
    }

    [Fact]
    public void OneOutwardDestinationAmongPrivateOnesIsEnough()
    {
        LoadResult result = Given.Load(Given.Certificates + Given.Route("address: '0.0.0.0:1', tls: implicit", "destinations: ['10.0.0.1:25', '198.51.100.1:25'], tls: none, identity: none"));
        Assert.Contains("198.51.100.1:25", Assert.Single(result.Mistakes).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void WithFlagsTheRemedyNamesTheFlag()
    {
        RunFlags flags = new() { Listen = "0.0.0.0:2525", Tls = "none", Upstream = "127.0.0.1:25", UpstreamTls = "none" };
        LoadResult result = Given.Load("", null, flags);
        Assert.Equal(["(flag --identity)", "(flag --allow)"], result.Mistakes.Select(mistake => mistake.Remedy[mistake.Remedy.LastIndexOf('(')..]));
    }

    static LoadResult Load(string listener, string destination) =>
        Given.Load(Given.Certificates + Given.Route(listener, $"destinations: '{destination}', tls: none"));
}
