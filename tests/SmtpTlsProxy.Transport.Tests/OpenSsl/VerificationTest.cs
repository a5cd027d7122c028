namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Net;
using System.Security.Cryptography;
using System.Text;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Rules 4.4 and 4.8: who the peer must be, and what is told when it is not.</summary>
[Collection("OpenSsl")]
public class VerificationTest
{
    const string Name = "mx.example.net";

    public static TheoryData<string, HandshakeOutcome> Leaves => new()
    {
        { "good", HandshakeOutcome.Ok },
        { "below an intermediate", HandshakeOutcome.Ok },
        { "without its intermediate", HandshakeOutcome.Untrusted },
        { "of another issuer", HandshakeOutcome.Untrusted },
        { "expired", HandshakeOutcome.Expired },
        { "not yet valid", HandshakeOutcome.Expired },
        { "for another name", HandshakeOutcome.Name },
        { "named by CN only", HandshakeOutcome.Name },
        { "wildcard", HandshakeOutcome.Ok },
        { "partial wildcard", HandshakeOutcome.Name },
        { "wildcard too high", HandshakeOutcome.Name },
    };

    [Theory]
    [MemberData(nameof(Leaves))]
    public void AnEnforcedVerificationFailsTheHandshakeAndSaysWhy(string kind, HandshakeOutcome expected)
    {
        using TlsContext server = TestContexts.Server(Leaf(kind)), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name)).Run();
        HandshakeResult result = pair.ClientResult;
        Assert.Equal((expected, expected, expected == HandshakeOutcome.Ok), (result.Outcome, result.Verification, result.IsVerified));
        Assert.Equal(result.Succeeded, result.Detail.Length == 0);
        Assert.Equal(result.Succeeded ? HandshakeStep.Done : HandshakeStep.Failed, pair.ClientStep);
        Assert.Equal(result.Succeeded ? HandshakeOutcome.Ok : HandshakeOutcome.Protocol, pair.ServerResult.Outcome); // it hears our alert
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public void OtherwiseTheVerdictIsOnlyRecorded(string kind, HandshakeOutcome expected)
    {
        using TlsContext server = TestContexts.Server(Leaf(kind)), client = TestContexts.Client();
        TlsTarget target = TestContexts.Enforced(Name) with { Enforce = false };
        using TlsPair pair = new TlsPair(client, server, target).RunOk();
        HandshakeResult result = pair.ClientResult;
        Assert.Equal((HandshakeOutcome.Ok, expected, expected == HandshakeOutcome.Ok), (result.Outcome, result.Verification, result.IsVerified));
    }

    [Fact]
    public void WithoutANameNothingIsVerified()
    {
        using TlsContext server = TestContexts.Server(TestCertificates.Shared.For(Name)), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, new TlsTarget { ServerName = Name }).RunOk();
        Assert.Equal((HandshakeOutcome.Name, false), (pair.ClientResult.Verification, pair.ClientResult.IsVerified));
    }

    [Theory]
    [InlineData("192.0.2.1", HandshakeOutcome.Ok)]
    [InlineData("::ffff:192.0.2.1", HandshakeOutcome.Ok)]
    [InlineData("2001:db8::1", HandshakeOutcome.Ok)]
    [InlineData("192.0.2.2", HandshakeOutcome.Name)]
    public void AnAddressNeedsAnIpSan(string address, HandshakeOutcome expected)
    {
        TestLeaf leaf = new() { Addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")] };
        using TlsContext server = TestContexts.Server(TestCertificates.Shared.Make(leaf)), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, new TlsTarget { VerifyAddress = IPAddress.Parse(address), Enforce = true }).Run();
        Assert.Equal(expected, pair.ClientResult.Outcome);
    }

    [Theory]
    [InlineData("mx.example.net", "mx.example.net")]
    [InlineData("mx.example.net.", "mx.example.net")]
    [InlineData("192.0.2.1", null)]
    [InlineData("2001:db8::1", null)]
    [InlineData(null, null)]
    public void NoIpLiteralAndNoTrailingDotIsSentAsName(string? name, string? sent)
    {
        using TlsContext server = TestContexts.Server(TestCertificates.Shared.For(Name)), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, new TlsTarget { ServerName = name }).RunOk();
        Assert.Equal(sent, pair.ServerResult.ServerName);
    }

    [Theory]
    [InlineData(".example.net")] // any subdomain, to OpenSSL
    [InlineData("")]
    [InlineData("*.example.net")]
    [InlineData(null)]
    public void ATargetThatOpenSslWouldTakeLooselyIsAMistake(string? name)
    {
        using TlsContext client = TestContexts.Client();
        Assert.Throws<ArgumentException>(() => new TlsConnection(client, new MemoryWire(), new TlsTarget { VerifyName = name, Enforce = true }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ACertificateThatIsTrustedByNameOfItsFileNeedsNoRoot(int link)
    {
        TlsCertificate certificate = TestCertificates.Shared.Make(new TestLeaf { Names = [Name], BelowIntermediate = true });
        byte[] trusted = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", certificate.ChainDer[link]));
        using TlsContext server = TestContexts.Server(certificate), client = TlsContext.ForClient(new TlsClientOptions { CaPem = trusted });
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name)).RunOk();
        Assert.True(pair.ClientResult.IsVerified);
    }

    [Fact]
    public void TheSystemsRootsDoNotKnowATestRoot()
    {
        using TlsContext server = TestContexts.Server(TestCertificates.Shared.For(Name));
        using TlsContext client = TlsContext.ForClient(new TlsClientOptions { SystemRoots = true });
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name)).Run();
        Assert.Equal(HandshakeOutcome.Untrusted, pair.ClientResult.Outcome);
    }

    static TlsCertificate Leaf(string kind) => kind switch
    {
        "good" => TestCertificates.Shared.For(Name),
        "below an intermediate" => TestCertificates.Shared.Make(new TestLeaf { Names = [Name], BelowIntermediate = true }),
        "without its intermediate" => TestCertificates.Shared.Make(new TestLeaf { Names = [Name], BelowIntermediate = true, WithoutChain = true }),
        "of another issuer" => new TestCertificates("Stranger").For(Name),
        "expired" => TestCertificates.Shared.Make(new TestLeaf { Names = [Name], NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
        "not yet valid" => TestCertificates.Shared.Make(new TestLeaf { Names = [Name], NotBefore = new DateTimeOffset(2098, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
        "for another name" => TestCertificates.Shared.For("other.example.net"),
        "named by CN only" => TestCertificates.Shared.Make(new TestLeaf { CommonName = Name }),
        "wildcard" => TestCertificates.Shared.For("*.example.net"),
        "partial wildcard" => TestCertificates.Shared.For("m*.example.net"),
        "wildcard too high" => TestCertificates.Shared.For("*.net"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
