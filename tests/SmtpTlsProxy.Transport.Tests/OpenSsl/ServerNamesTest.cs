namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public class ServerNamesTest
{
    static readonly TlsCertificate s_first = TestCertificates.Shared.For("mx.example.net");
    static readonly TlsCertificate s_wild = TestCertificates.Shared.For("*.example.org");
    static readonly TlsCertificate s_exact = TestCertificates.Shared.For("one.example.org", "two.example.com");
    static readonly TlsCertificate s_rsa = TestCertificates.Shared.Make(new TestLeaf { Names = ["mx.example.net"], IsRsa = true });

    public static TheoryData<string?, int> Asked => new()
    {
        { "mx.example.net", 0 },
        { "MX.Example.NET", 0 },
        { null, 0 },
        { "unknown.example", 0 },
        { "any.example.org", 1 },
        { "deep.any.example.org", 0 },
        { "example.org", 0 },
        { "one.example.org", 2 },
        { "two.example.com", 2 },
    };

    [Theory]
    [MemberData(nameof(Asked))]
    public void TheNameChoosesExactBeforeWildcardBeforeTheFirst(string? asked, int expected)
    {
        TlsCertificate[] all = [s_first, s_wild, s_exact];
        foreach (TlsVersion newest in (TlsVersion[])[TlsVersion.Tls12, TlsVersion.Tls13])
        {
            using TlsContext server = TestContexts.Server(newest, all), client = TestContexts.Client();
            using TlsPair pair = new TlsPair(client, server, new TlsTarget { ServerName = asked }).RunOk();
            Assert.Equal(all[expected].ChainDer[0], pair.ClientResult.PeerCertificate!.Value.ToArray());
            Assert.Equal(asked, pair.ServerResult.ServerName);
        }
    }

    [Fact]
    public void WhatIsNoHostNameIsNotPassedOn()
    {
        using TlsContext server = TestContexts.Server(s_first), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, new TlsTarget { ServerName = "mx\r\nforged=1" }).RunOk();
        Assert.Null(pair.ServerResult.ServerName);
    }

    [Theory]
    [InlineData("mx.example.net", true)]
    [InlineData("any.example.org", true)]
    [InlineData(null, true)]
    [InlineData("unknown.example", false)]
    [InlineData("deep.any.example.org", false)]
    [InlineData("mx\r\nforged=1", false)]
    public void AStrictServerRefusesWhoAsksForAnUnknownName(string? asked, bool isServed)
    {
        foreach (TlsVersion newest in (TlsVersion[])[TlsVersion.Tls12, TlsVersion.Tls13])
        {
            using TlsContext server = TlsContext.ForServer(new TlsServerOptions { Certificates = [s_first, s_wild], StrictNames = true, Policy = new() { MaxVersion = newest } });
            using TlsContext client = TestContexts.Client();
            using TlsPair pair = new TlsPair(client, server, new TlsTarget { ServerName = asked }).Run();
            Assert.Equal(isServed ? HandshakeOutcome.Ok : HandshakeOutcome.Protocol, pair.ServerResult.Outcome);
            Assert.Equal(isServed ? "" : "no certificate has the name that was asked for", pair.ServerResult.Detail);
            if (!isServed)
                Assert.Contains("unrecognized name", pair.ClientResult.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EcAndRsaStandSideBySide(bool rsaFirst)
    {
        using TlsContext both = rsaFirst ? TestContexts.Server(TlsVersion.Tls12, s_rsa, s_first) : TestContexts.Server(TlsVersion.Tls12, s_first, s_rsa);
        using TlsContext client = TestContexts.Client();
        Assert.Contains("_ECDSA_", CipherOf(both, client, s_first), StringComparison.Ordinal);
        using TlsContext onlyRsa = TestContexts.Server(TlsVersion.Tls12, s_rsa);
        Assert.Contains("_RSA_", CipherOf(onlyRsa, client, s_rsa), StringComparison.Ordinal);
    }

    [Fact]
    public void TheChainIsSentBehindTheLeaf()
    {
        TlsCertificate below = TestCertificates.Shared.Make(new TestLeaf { Names = ["mx.example.net"], BelowIntermediate = true, IsRsa = true });
        Assert.Equal(2, below.ChainDer.Count);
        using TlsContext server = TestContexts.Server(below), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced("mx.example.net")).RunOk();
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(pair.ClientResult.PeerCertificate!.Value.Span);
        Assert.Contains("Intermediate", leaf.Issuer, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutACertificateThereIsNoContext() => Assert.Throws<TlsException>(() => TestContexts.Server());

    static string CipherOf(TlsContext server, TlsContext client, TlsCertificate expected)
    {
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced("mx.example.net")).RunOk();
        Assert.Equal(expected.ChainDer[0], pair.ClientResult.PeerCertificate!.Value.ToArray());
        return pair.ClientResult.Cipher;
    }
}
