namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>Rules 3.7 and 4.8: what a ticket is good for.</summary>
[Collection("OpenSsl")]
public class ResumptionTest
{
    const string Name = "mx.example.net";
    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For(Name);

    public static TheoryData<TlsVersion> Versions => [TlsVersion.Tls12, TlsVersion.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public void TheSecondConnectionResumesAndStaysVerified(TlsVersion newest)
    {
        using TlsContext server = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        Assert.False(Connect(client, server, TestContexts.Enforced(Name)).Resumed);
        for (int again = 0; again < 5; again++)
        {
            HandshakeResult result = Connect(client, server, TestContexts.Enforced(Name));
            Assert.True(result.Resumed && result.IsVerified);
            Assert.Equal(s_certificate.ChainDer[0], result.PeerCertificate!.Value.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void AnUnverifiedSessionNeverBecomesAVerifiedOne(TlsVersion newest)
    {
        using TlsContext server = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        TlsTarget unverified = new() { ServerName = Name, VerifyName = "other.example.net" };
        Connect(client, server, unverified);
        HandshakeResult resumed = Connect(client, server, unverified);
        Assert.Equal((true, false, HandshakeOutcome.Name), (resumed.Resumed, resumed.IsVerified, resumed.Verification));
        Assert.False(Connect(client, server, TestContexts.Enforced(Name)).Resumed);
        Assert.False(Connect(client, server, unverified with { Enforce = false, VerifyName = null }).Resumed);
        Assert.False(Connect(client, server, unverified with { Destination = "another" }).Resumed);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void TicketsAreNotSharedBetweenContexts(TlsVersion newest)
    {
        using TlsContext one = TestContexts.Server(newest, s_certificate), other = TestContexts.Server(newest, s_certificate), client = TestContexts.Client();
        Connect(client, one, TestContexts.Enforced(Name));
        Assert.False(Connect(client, other, TestContexts.Enforced(Name)).Resumed);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void ATicketOfANamedCertificateResumesToo(TlsVersion newest)
    {
        TlsCertificate first = TestCertificates.Shared.For("first.example.net");
        using TlsContext server = TestContexts.Server(newest, first, s_certificate), client = TestContexts.Client();
        Connect(client, server, TestContexts.Enforced(Name));
        HandshakeResult result = Connect(client, server, TestContexts.Enforced(Name));
        Assert.True(result.Resumed && result.IsVerified);
    }

    [Fact]
    public void ThePoolIsBounded()
    {
        using TlsContext server = TestContexts.Server(TlsVersion.Tls13, s_certificate), client = TestContexts.Client();
        int before = TlsObjects.Sessions;
        TlsTarget target = TestContexts.Enforced(Name);
        List<TlsPair> open = [.. Enumerable.Range(0, SessionPool.SessionsPerTarget).Select(_ => new TlsPair(client, server, target).RunOk())];
        open.ForEach(pair => pair.Client.ReadAll()); // two tickets each
        Assert.Equal(SessionPool.SessionsPerTarget, TlsObjects.Sessions - before);
        open.ForEach(pair => pair.Dispose());
        client.Dispose();
        Assert.Equal(before, TlsObjects.Sessions);
    }

    static HandshakeResult Connect(TlsContext client, TlsContext server, TlsTarget target)
    {
        using TlsPair pair = new TlsPair(client, server, target).RunOk();
        pair.Server.Say("220 ready\r\n"u8);
        Assert.Equal("220 ready\r\n"u8, pair.Client.ReadAll());
        Assert.Equal(pair.ClientResult.Resumed, pair.ServerResult.Resumed);
        return pair.ClientResult;
    }
}
