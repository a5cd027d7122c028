namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>.NET's own TLS as the peer: what we speak is TLS, not only what we understand ourselves.</summary>
[Collection("OpenSsl")]
public class SslStreamTest
{
    const string Name = "mx.example.net";
    static readonly TlsCertificate s_certificate = TestCertificates.Shared.For(Name);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<SslProtocols> Versions => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task AForeignClientTalksToOurServer(SslProtocols version)
    {
        using TlsContext context = TestContexts.Server(s_certificate);
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, null);
        using SslStream theirs = new(wire.Peer);
        Task authenticated = theirs.AuthenticateAsClientAsync(ClientOptions(version), Cancellation);
        await ShakeHandsAsync(ours, authenticated);
        Assert.Equal(Name, ours.Result(TimeSpan.Zero).ServerName);
        await TalkAsync(ours, theirs);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task OurClientTalksToAForeignServer(SslProtocols version)
    {
        using TlsContext context = TestContexts.Client();
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, TestContexts.Enforced(Name));
        using SslStream theirs = new(wire.Peer);
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [Name] });
        using X509Certificate2 shown = X509Certificate2.CreateFromPem(certificate, key);
        SslServerAuthenticationOptions options = new() { ServerCertificate = shown, EnabledSslProtocols = version };
        Task authenticated = theirs.AuthenticateAsServerAsync(options, Cancellation);
        await ShakeHandsAsync(ours, authenticated);
        Assert.True(ours.Result(TimeSpan.Zero).IsVerified);
        await TalkAsync(ours, theirs);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task OurClientShowsItsCertificateWithItsChainWhereItIsAskedFor(SslProtocols version)
    {
        TlsCertificate own = TestCertificates.Shared.Make(new TestLeaf { Names = ["proxy.example.net"], BelowIntermediate = true });
        using TlsContext context = TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem, Certificate = own });
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, TestContexts.Enforced(Name));
        using SslStream theirs = new(wire.Peer);
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [Name] });
        using X509Certificate2 shown = X509Certificate2.CreateFromPem(certificate, key);
        List<byte[]> seen = [];
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificate = shown,
            EnabledSslProtocols = version,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
            {
                seen.Add(leaf!.GetRawCertData());
                seen.AddRange(chain!.ChainPolicy.ExtraStore.Select(link => link.RawData));
                return true;
            },
        };
        await ShakeHandsAsync(ours, theirs.AuthenticateAsServerAsync(options, Cancellation));
        Assert.Equal(own.ChainDer, seen.Take(2));
        await TalkAsync(ours, theirs);
    }

    [Theory] // rule 3.6
    [InlineData("smtp", "smtp")]
    [InlineData("esmtp", "esmtp")]
    [InlineData("h2 smtp", "smtp")]
    [InlineData("h2 esmtp smtp", "esmtp")]
    [InlineData("", "")]
    public async Task OurProtocolIsAcknowledgedAndNoneIsFine(string offered, string chosen)
    {
        using TlsContext context = TestContexts.Server(s_certificate);
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, null);
        using SslStream theirs = new(wire.Peer);
        await ShakeHandsAsync(ours, theirs.AuthenticateAsClientAsync(ClientOptions(SslProtocols.Tls13, offered), Cancellation));
        Assert.Equal(chosen, theirs.NegotiatedApplicationProtocol.ToString());
        Assert.False(ours.Result(TimeSpan.Zero).ForeignAlpn);
    }

    [Theory] // rule 3.6
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task AForeignProtocolIsRefusedByAlert(SslProtocols version)
    {
        using TlsContext context = TestContexts.Server(s_certificate);
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, null);
        using SslStream theirs = new(wire.Peer);
        Task authenticated = theirs.AuthenticateAsClientAsync(ClientOptions(version, "h2 http/1.1"), Cancellation);
        HandshakeResult result = await FailAsync(ours);
        Assert.Equal((HandshakeOutcome.Protocol, true), (result.Outcome, result.ForeignAlpn));
        AuthenticationException refused = await Assert.ThrowsAsync<AuthenticationException>(() => authenticated);
        Assert.Contains("no application protocol", refused.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Fact] // rule 3.6, reportOnly: alpn
    public async Task WhereAlpnIsOnlyReportedAForeignProtocolGoesOn()
    {
        using TlsContext context = TlsContext.ForServer(new TlsServerOptions { Certificates = [s_certificate], EnforceAlpn = false });
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, null);
        using SslStream theirs = new(wire.Peer);
        await ShakeHandsAsync(ours, theirs.AuthenticateAsClientAsync(ClientOptions(SslProtocols.Tls13, "h2"), Cancellation));
        Assert.True(ours.Result(TimeSpan.Zero).ForeignAlpn);
        Assert.Equal("", theirs.NegotiatedApplicationProtocol.ToString());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task AForeignClientThatDistrustsUsHangsUp(SslProtocols version)
    {
        using TlsContext context = TestContexts.Server(new TestCertificates("Stranger").For(Name));
        StreamWire wire = new();
        using TlsConnection ours = new(context, wire, null);
        using SslStream theirs = new(wire.Peer);
        Task authenticated = theirs.AuthenticateAsClientAsync(ClientOptions(version), Cancellation);
        await StepAsync(ours, () => authenticated.IsCompleted);
        await Assert.ThrowsAsync<AuthenticationException>(() => authenticated);
        ours.ReadAll(out TlsRead end);
        Assert.NotEqual(TlsRead.Data, end);
        Assert.True(ErrorQueue.IsEmpty);
    }

    static SslClientAuthenticationOptions ClientOptions(SslProtocols version, string protocols = "") => new()
    {
        TargetHost = Name,
        EnabledSslProtocols = version,
        ApplicationProtocols = [.. protocols.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(protocol => new SslApplicationProtocol(protocol))],
        CertificateChainPolicy = Policy(),
    };

    static X509ChainPolicy Policy()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(TestCertificates.Shared.RootPem);
        return policy;
    }

    static async Task ShakeHandsAsync(TlsConnection ours, Task theirs)
    {
        HandshakeStep last = await StepAsync(ours, () => theirs.IsCompleted);
        await theirs;
        Assert.Equal(HandshakeStep.Done, last);
    }

    static async Task<HandshakeResult> FailAsync(TlsConnection ours)
    {
        Assert.Equal(HandshakeStep.Failed, await StepAsync(ours, () => true));
        return ours.Result(TimeSpan.Zero);
    }

    // Until ours is at an end and theirs too.
    static async Task<HandshakeStep> StepAsync(TlsConnection ours, Func<bool> isOver)
    {
        for (int turn = 0; turn < 10_000; turn++)
        {
            HandshakeStep step = ours.Handshake();
            ours.Flush();
            if (step is HandshakeStep.Done or HandshakeStep.Failed && isOver())
                return step;
            await Task.Delay(1, Cancellation);
        }
        throw new TimeoutException("The handshake hangs.");
    }

    static async Task TalkAsync(TlsConnection ours, SslStream theirs)
    {
        byte[] content = new byte[200_000];
        new Random(3).NextBytes(content);
        ours.Say(content);
        byte[] read = new byte[content.Length];
        await theirs.ReadExactlyAsync(read, Cancellation);
        Assert.Equal(content, read);
        await theirs.WriteAsync(content, Cancellation);
        Assert.Equal(content, ours.ReadAll());
        await theirs.ShutdownAsync();
        ours.ReadAll(out TlsRead end);
        Assert.Equal(TlsRead.End, end);
    }
}
