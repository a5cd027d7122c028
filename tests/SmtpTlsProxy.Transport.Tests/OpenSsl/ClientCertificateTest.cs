namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A server that asks its clients who they are.</summary>
[Collection("OpenSsl")]
public class ClientCertificateTest
{
    static readonly TlsCertificate s_server = TestCertificates.Shared.For("mx.example.net");
    static readonly TlsCertificate s_good = TestCertificates.Shared.Make(new TestLeaf { CommonName = "printer-7", Names = ["printer.example"], IsClient = true });
    static readonly TlsCertificate s_forServers = TestCertificates.Shared.Make(new TestLeaf { CommonName = "printer-7" });
    static readonly TlsCertificate s_stranger = new TestCertificates("Other Root").Make(new TestLeaf { CommonName = "printer-7", IsClient = true });
    static readonly TlsCertificate s_expired = TestCertificates.Shared.Make(new TestLeaf { IsClient = true, NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) });

    public static TheoryData<TlsVersion> Versions => [TlsVersion.Tls12, TlsVersion.Tls13];

    [Theory]
    [MemberData(nameof(Versions))]
    public void AGoodOneIsKnownByItsName(TlsVersion newest)
    {
        foreach (bool isRequired in (bool[])[false, true])
        {
            HandshakeResult heard = Connect(newest, isRequired, s_good);
            Assert.Equal((HandshakeOutcome.Ok, true, "printer-7"), (heard.Outcome, heard.IsVerified, heard.PeerName));
            Assert.Equal(s_good.ChainDer[0], heard.PeerCertificate!.Value.ToArray());
            Assert.True(heard.Verdict!.IsGood);
        }
    }

    public static TheoryData<TlsVersion, string, HandshakeOutcome, string> Bad => new()
    {
        { TlsVersion.Tls12, "none", HandshakeOutcome.Untrusted, "handshake failure" },
        { TlsVersion.Tls13, "none", HandshakeOutcome.Untrusted, "certificate required" },
        { TlsVersion.Tls12, "stranger", HandshakeOutcome.Untrusted, "unknown ca" },
        { TlsVersion.Tls13, "stranger", HandshakeOutcome.Untrusted, "unknown ca" },
        { TlsVersion.Tls12, "expired", HandshakeOutcome.Expired, "certificate expired" },
        { TlsVersion.Tls13, "expired", HandshakeOutcome.Expired, "certificate expired" },
        { TlsVersion.Tls12, "forServers", HandshakeOutcome.Untrusted, "unsupported certificate" },
        { TlsVersion.Tls13, "forServers", HandshakeOutcome.Untrusted, "unsupported certificate" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void ARequiredOneThatIsBadEndsTheHandshakeWithItsAlert(TlsVersion newest, string which, HandshakeOutcome outcome, string alert)
    {
        TlsCertificate? shown = which switch { "stranger" => s_stranger, "expired" => s_expired, "forServers" => s_forServers, _ => null };
        using TlsContext server = Server(newest, true), client = Client(shown);
        using TlsPair pair = new TlsPair(client, server).Run();
        HandshakeResult heard = pair.ServerResult;
        Assert.Equal((outcome, false, null), (heard.Outcome, heard.IsVerified, heard.PeerName));
        Assert.NotEmpty(heard.Detail);
        if (newest is TlsVersion.Tls13)
            pair.Client.ReadAll();                                    // its own handshake was over before the server looked
        Assert.Contains(alert, pair.Client.Abandoned(HandshakeOutcome.Closed, TimeSpan.Zero).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void OneThatWasOnlyAskedForIsJudgedAndGoneOnWith(TlsVersion newest)
    {
        Assert.Null(Connect(newest, false, null).Verdict);
        HandshakeResult heard = Connect(newest, false, s_stranger);
        Assert.Equal((HandshakeOutcome.Ok, false, null, HandshakeOutcome.Untrusted), (heard.Outcome, heard.IsVerified, heard.PeerName, heard.Verification));
        Assert.Equal(HandshakeOutcome.Expired, Connect(newest, false, s_expired).Verification);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void AResumedSessionIsWorthWhatItWasWorth(TlsVersion newest)
    {
        foreach ((TlsCertificate? shown, bool isVerified) in ((TlsCertificate?, bool)[])[(s_good, true), (s_stranger, false), (null, false)])
        {
            using TlsContext server = Server(newest, false), client = Client(shown);
            HandshakeResult first = Connect(client, server), second = Connect(client, server);
            Assert.Equal((false, true), (first.Resumed, second.Resumed));
            Assert.Equal((isVerified, isVerified), (first.IsVerified, second.IsVerified));
            Assert.Equal((first.Verification, first.PeerName), (second.Verification, second.PeerName));
        }
    }

    // The certificate expires between the two, by the clock that OpenSSL goes by.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task ATicketDoesNotOutliveTheCertificate(TlsVersion newest)
    {
        TlsCertificate brief = TestCertificates.Shared.Make(new TestLeaf { IsClient = true, NotAfter = DateTimeOffset.UtcNow.AddSeconds(2) });
        using TlsContext server = Server(newest, false), client = Client(brief);
        Assert.True(Connect(client, server).IsVerified);
        await Task.Delay(TimeSpan.FromSeconds(3.1), TestContext.Current.CancellationToken);
        HandshakeResult later = Connect(client, server);
        Assert.Equal((false, false, HandshakeOutcome.Expired), (later.Resumed, later.IsVerified, later.Verification));
    }

    [Fact]
    public void ThePolicyDecides()
    {
        using TlsContext server = TlsContext.ForServer(new TlsServerOptions
        {
            Certificates = [s_server], ClientCertificates = new() { IsRequired = true, Policy = new Anybody() },
        });
        using TlsContext client = Client(s_stranger);
        Assert.Equal((true, "printer-7"), (Connect(client, server).IsVerified, Connect(client, server).PeerName));
    }

    [Fact]
    public void NamesAreReadFromTheCertificate()
    {
        PeerNames names = PeerNames.Of(s_good.ChainDer[0]);
        Assert.Equal(("printer-7", "printer-7"), (names.CommonName, names.First));
        Assert.Equal(["printer-7", "printer.example"], names.All);
        Assert.Null(PeerNames.Of("nothing"u8).First);
    }

    static HandshakeResult Connect(TlsVersion newest, bool isRequired, TlsCertificate? shown)
    {
        using TlsContext server = Server(newest, isRequired), client = Client(shown);
        return Connect(client, server);
    }

    static HandshakeResult Connect(TlsContext client, TlsContext server)
    {
        using TlsPair pair = new TlsPair(client, server).RunOk();
        pair.Server.Say("220 hello\r\n"u8);                           // TLS 1.3's tickets come with it
        pair.Client.ReadAll();
        return pair.ServerResult;
    }

    static TlsContext Server(TlsVersion newest, bool isRequired) => TlsContext.ForServer(new TlsServerOptions
    {
        Certificates = [s_server],
        Policy = new() { MaxVersion = newest },
        ClientCertificates = new() { IsRequired = isRequired, CaPem = TestCertificates.Shared.CaPem, Policy = new ByChain() },
    });

    static TlsContext Client(TlsCertificate? shown) => TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem, Certificate = shown });

    sealed class ByChain : PeerPolicy
    {
        public override bool NeedsName => false;

        public override Verdict Judge(PeerEvidence evidence) => new(evidence.First, "test", evidence.Detail);
    }

    sealed class Anybody : PeerPolicy
    {
        public override bool NeedsName => false;

        public override Verdict Judge(PeerEvidence evidence) => new(HandshakeOutcome.Ok, "test", "anybody");
    }
}
