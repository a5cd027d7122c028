using System.Text.Json;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>
/// Servers good and bad against every way to verify: the verdict with its reason, what the client hears, what is counted and what the log says.
/// Rules 4.4, 4.6, 4.8.
/// </summary>
public class VerificationMatrixTest
{
    const string Refused = "421 4.7.5 Certificate of the server was not verified\r\n";

    static readonly Dictionary<string, TlsCertificate> s_servers = new()
    {
        ["valid"] = TestCertificates.Shared.For(WorldOptions.ServerName),
        ["expired"] = TestCertificates.Shared.Make(new TestLeaf { Names = [WorldOptions.ServerName], NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
        ["wrong name"] = TestCertificates.Shared.For("other.test"),
        ["self-signed"] = TestCertificates.SelfSigned(WorldOptions.ServerName),
        ["unknown authority"] = new TestCertificates("Stranger").For(WorldOptions.ServerName),
        ["expired and wrong name"] = TestCertificates.Shared.Make(new TestLeaf { Names = ["other.test"], NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
    };

    // What pkix finds; pins find every one of them good or none.
    static readonly Dictionary<string, (string Result, string Reason)> s_pkix = new()
    {
        ["valid"] = ("ok", "pkix: chain, name and time are right"),
        ["expired"] = ("expired", "pkix: certificate has expired"),
        ["wrong name"] = ("name", "pkix: hostname mismatch"),
        ["self-signed"] = ("untrusted", "pkix: self-signed certificate"),
        ["unknown authority"] = ("untrusted", "pkix: unable to get local issuer certificate"),
        ["expired and wrong name"] = ("name", "pkix: hostname mismatch"),
    };

    public static TheoryData<string, string> Cases => [.. from server in s_servers.Keys
                                                          from mode in new[] { "none", "pkix", "pin right", "pin wrong", "pinOrPkix right", "pinOrPkix wrong" }
                                                          select new TheoryDataRow<string, string>(server, mode)];

    [Theory, MemberData(nameof(Cases))]
    public void Rule4_6_WhereTlsIsRequiredAServerIsUsedOnlyIfItsCertificateIsGood(string server, string mode)
    {
        (string result, string reason) = Expected(server, mode);
        foreach (TlsMode tls in (TlsMode[])[TlsMode.Required, TlsMode.Implicit])
        {
            using MemoryWorld world = Meets(server, mode, tls);
            bool refuses = mode is not "none" && result is not "ok";
            Assert.Equal(refuses ? Refused : tls is TlsMode.Implicit ? "220 up.test ESMTP\r\n" : "220 proxy.test ESMTP\r\n", world.Client.Hear());
            Assert.Equal(1, world.Counted($$"""upstream_tls_handshakes_total{upstream="up",result="{{(refuses ? result : "ok")}}"}"""));
            Assert.Equal(refuses ? 1 : 0, world.Counted("""policy_decisions_total{listener="mx",upstream="up",rule="verification",action="refused"}"""));
            Assert.Equal((refuses ? result : "ok", result, reason), LineOf(world));
            Assert.DoesNotContain("MAIL", world.SentUpstream, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rule4_4_OpportunisticRecordsTheVerdictAndGoesOn(string server, string mode)
    {
        (string result, string reason) = Expected(server, mode);
        using MemoryWorld world = Meets(server, mode, TlsMode.Opportunistic);
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal(result is "ok" || mode is "none", world.Ask("EHLO c.test\r\n").Contains("AUTH PLAIN", StringComparison.Ordinal));
        world.Ask("MAIL FROM:<a@c.test>\r\n");
        world.Ask("RCPT TO:<b@up.test>\r\n");
        world.Ask("DATA\r\n");
        Assert.Equal("250 2.0.0 queued\r\n", world.Ask("x\r\n.\r\n"));
        string security = result is "ok" ? "verified" : "unverified";
        Assert.Equal(1, world.Counted($$"""messages_total{listener="mx",upstream="up",client_security="tls",upstream_security="{{security}}",outcome="accepted"}"""));
        Assert.Equal(("ok", result, reason), LineOf(world));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rule4_6_ReportOnlyCountsWhatItWouldRefuseAndLetsNoPasswordGo(string server, string mode)
    {
        (string result, string reason) = Expected(server, mode);
        using MemoryWorld world = Meets(server, mode, TlsMode.Required, ReportOnly.Verification);
        bool wouldRefuse = mode is not "none" && result is not "ok";
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal(!wouldRefuse, world.Ask("EHLO c.test\r\n").Contains("AUTH PLAIN", StringComparison.Ordinal));
        Assert.Equal(wouldRefuse ? 1 : 0, world.Counted("""policy_decisions_total{listener="mx",upstream="up",rule="verification",action="would_refuse"}"""));
        Assert.Equal(("ok", result, reason), LineOf(world));
    }

    [Theory, InlineData("pin right"), InlineData("pinOrPkix right")]
    public void APinIsAsGoodWhereThereIsNoNameToVerify(string mode)
    {
        using MemoryWorld world = Meets("self-signed", mode, TlsMode.Required, change: u => u with { Verify = u.Verify with { Name = null } });
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
    }

    [Fact]
    public void AnyOfSeveralPinsIsEnoughForARollover()
    {
        CertificatePin next = CertificatePin.Digesting(PinOf.PublicKey, [1]);
        foreach (PinOf of in Enum.GetValues<PinOf>())
        {
            using MemoryWorld world = Meets("valid", "pin right", TlsMode.Required, change: u => u with { Verify = u.Verify with { Pins = [next, Pin("valid", of)] } });
            Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        }
    }

    [Fact]
    public void Rule4_8_ASessionOfAnotherPolicyIsNotResumed()
    {   // a reload makes another context: the same pool serves one policy only
        TlsCertificate certificate = s_servers["self-signed"];
        using TlsContext server = TlsContext.ForServer(new TlsServerOptions { Certificates = [certificate] });
        using TlsContext client = TlsContext.ForClient(new TlsClientOptions());
        TlsTarget pinned = new() { Enforce = true, Policy = new Tls.VerificationPolicy(Verify("self-signed", "pin right")) };
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(_ => Shake(client, server, pinned)).Select(r => r.Resumed && r.IsVerified));
        HandshakeResult other = Shake(client, server, pinned with { Policy = new Tls.VerificationPolicy(Verify("self-signed", "pin wrong")) });
        Assert.Equal((HandshakeOutcome.Pin, false), (other.Outcome, other.Resumed));
    }

    static HandshakeResult Shake(TlsContext client, TlsContext server, TlsTarget target)
    {
        (MemoryWire near, MemoryWire far) = MemoryWire.Pair();
        using TlsConnection ours = new(client, near, target), theirs = new(server, far, null);
        HandshakeStep step = HandshakeStep.NeedsOctets;
        for (int turn = 0; turn < 20; turn++)
        {
            if (step is not (HandshakeStep.Done or HandshakeStep.Failed))
                step = ours.Handshake();
            ours.Flush();
            theirs.Handshake();
            theirs.Flush();
        }
        ours.Read(new byte[1], out _);                                // a ticket
        return ours.Result(TimeSpan.Zero);
    }

    static (string Result, string Reason) Expected(string server, string mode) => mode switch
    {
        "pin right" or "pinOrPkix right" => ("ok", $"pin: {Pin(server, PinOf.PublicKey)} is pinned"),
        "pin wrong" => ("pin", $"pin: {Pin(server, PinOf.PublicKey)} is not pinned, {Pin(server, PinOf.Certificate)} neither"),
        "pinOrPkix wrong" when server is not "valid" => (s_pkix[server].Result, s_pkix[server].Reason + ", and it is not pinned"),
        _ => s_pkix[server],
    };

    static VerifyConfiguration Verify(string server, string mode) => new WorldOptions().Configuration().Upstreams[0].Verify with
    {
        Mode = Enum.Parse<VerifyMode>(mode.Split(' ')[0], ignoreCase: true),
        WasWritten = true,
        Pins = mode.EndsWith("right", StringComparison.Ordinal) ? [Pin(server, PinOf.PublicKey)] : [CertificatePin.Digesting(PinOf.Certificate, [0])],
    };

    static CertificatePin Pin(string server, PinOf of)
    {
        byte[] der = s_servers[server].ChainDer[0];
        using var leaf = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(der);
        return CertificatePin.Digesting(of, of is PinOf.Certificate ? der : leaf.PublicKey.ExportSubjectPublicKeyInfo());
    }

    // The client talks inside TLS, so that AUTH is the upstream leg's to allow.
    static MemoryWorld Meets(
        string server, string mode, TlsMode tls, ReportOnly reportOnly = ReportOnly.None, Func<UpstreamConfiguration, UpstreamConfiguration>? change = null)
    {
        MemoryWorld world = new(new WorldOptions
        {
            Client = TlsMode.Implicit,
            Upstream = tls,
            ReportOnly = reportOnly,
            LogLevel = "debug",                                       // a client that has said nothing is told there
            Server = u => (change ?? (same => same))(u with { Verify = Verify(server, mode) }),
        });
        TlsContext context = world.ServerContext(s_servers[server]);
        world.OnConnect = _ => world.ClientShakes();
        world.OnDial = p =>
        {
            if (tls is TlsMode.Implicit)
                p.Shake(context, null);
            MailServer answers = new() { StartTls = tls is TlsMode.Implicit ? null : context };
            answers.Offers.Add("AUTH PLAIN");
            answers.Serve(p, tls is TlsMode.Implicit ? "" : "220 up.test ESMTP\r\n");
            if (tls is TlsMode.Implicit)
                p.Reaction += answers.GreetInsideTls;
        };
        return world.Connect();
    }

    // The log has a queue of its own: it is closed, so that all lines are out.
    static (string Handshake, string Verdict, string Reason) LineOf(MemoryWorld world)
    {
        world.Client.End();
        world.Run().After(TimeSpan.FromMinutes(1));
        JsonElement line = JsonDocument.Parse(world.Route.LineOf("session")).RootElement;
        return (Text("upstream_handshake"), Text("upstream_verdict"), Text("upstream_verdict_reason"));

        string Text(string field) => line.GetProperty(field).GetString()!;
    }
}
