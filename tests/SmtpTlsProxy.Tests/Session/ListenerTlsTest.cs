using System.Text.Json;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Clients of every kind against listeners of every kind: what the session comes to, what is counted and what the log says. Rule 3.7.</summary>
public class ListenerTlsTest
{
    static readonly TlsCertificate s_named = TestCertificates.Shared.Make(new TestLeaf { CommonName = "printer-7", Names = ["printer.example"], IsClient = true });
    static readonly TlsCertificate s_other = TestCertificates.Shared.Make(new TestLeaf { CommonName = "printer-8", IsClient = true });
    static readonly TlsCertificate s_stranger = new TestCertificates("Stranger").Make(new TestLeaf { CommonName = "printer-7", IsClient = true });
    static readonly TlsCertificate s_expired = TestCertificates.Shared.Make(new TestLeaf { CommonName = "printer-7", IsClient = true, NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) });
    static readonly string s_caFile = Given.File("clients-ca.pem", TestCertificates.Shared.RootPem);

    public static TheoryData<TlsProfile, string, string?> Versions
    {
        get
        {
            TheoryData<TlsProfile, string, string?> all = [];
            foreach (TlsProfile profile in Enum.GetValues<TlsProfile>())
                foreach ((string version, TlsVersion number) in ((string, TlsVersion)[])[("TLSv1", TlsVersion.Tls10), ("TLSv1.1", TlsVersion.Tls11), ("TLSv1.2", TlsVersion.Tls12), ("TLSv1.3", TlsVersion.Tls13)])
                    all.Add(profile, version, number >= TlsPolicy.OldestOf(profile) ? version : null);
            return all;
        }
    }

    [Theory, MemberData(nameof(Versions))]
    public void Rule3_7_WhatWasAgreedOnIsCountedAndLoggedAndWhatWasNotTakenToo(TlsProfile profile, string speaks, string? agreed)
    {
        TlsVersion version = Vocabulary.TlsVersions.TryRead(speaks is "TLSv1" ? "1.0" : speaks[4..], out TlsVersion read) ? read : default;
        using MemoryWorld world = Meets(new TlsPolicy { Profile = TlsProfile.Legacy, MinVersion = version, MaxVersion = version }, listener => listener with { TlsSettings = new TlsPolicy { Profile = profile } });
        JsonElement line = Finish(world);
        Assert.Equal(1, world.Counted($$"""listener_tls_handshakes_total{listener="mx",result="{{(agreed is null ? "protocol" : "ok")}}"}"""));
        Assert.Equal((agreed, agreed is null ? "protocol" : "ok"), (Text(line, "client_tls"), Text(line, "client_handshake")));
        Assert.Equal(agreed is null, Text(line, "client_handshake_reason") is { Length: > 0 });
        if (agreed is not null)
            Assert.Equal(1, Sessions(world, agreed));
    }

    [Theory]
    [InlineData("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")]
    [InlineData("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")]
    [InlineData("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "other")]
    [InlineData("TLS_RSA_WITH_AES_128_GCM_SHA256", null)]
    [InlineData("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", null)]
    public void Rule3_7_ASuiteIsCountedByItsName(string suite, string? counted)
    {
        using MemoryWorld world = Meets(new TlsPolicy { Profile = TlsProfile.Legacy, MinVersion = TlsVersion.Tls12, MaxVersion = TlsVersion.Tls12, CipherSuites = [suite] });
        JsonElement line = Finish(world);
        Assert.Equal(counted is null ? null : suite, Text(line, "client_cipher"));
        Assert.Equal(counted is null ? 0 : 1, world.Counted($$"""listener_tls_sessions_total{listener="mx",version="TLSv1.2",cipher="{{counted}}",group="x25519",resumed="false"}"""));
    }

    [Theory]
    [InlineData("X25519", "x25519")]
    [InlineData("P-384", "secp384r1")]
    [InlineData("P-521", "other")]
    [InlineData("X448", null)]
    public void Rule3_7_AGroupIsCountedByItsName(string group, string? counted)
    {
        using MemoryWorld world = Meets(new TlsPolicy { Groups = [group] });
        Finish(world);
        Assert.Equal(counted is null ? 0 : 1, world.Counted($$"""listener_tls_sessions_total{listener="mx",version="TLSv1.3",cipher="TLS_AES_128_GCM_SHA256",group="{{counted}}",resumed="false"}"""));
    }

    public static TheoryData<string, string, string, string, bool> Certificates => new()
    {
        // what the listener says, what the client shows; result, verdict, mtls
        { "none", "named", "ok", "", false },
        { "request", "nothing", "ok", "", false }, { "require", "nothing", "untrusted", "", false },
        { "request", "named", "ok", "ok", true }, { "require", "named", "ok", "ok", true },
        { "request", "stranger", "ok", "untrusted", false }, { "require", "stranger", "untrusted", "untrusted", false },
        { "request", "expired", "ok", "expired", false }, { "require", "expired", "expired", "expired", false },
        { "require subject", "named", "ok", "ok", true }, { "require subject", "other", "name", "name", false },
        { "require pin", "named", "ok", "ok", true }, { "require pin", "other", "pin", "pin", false },
        { "require pin or subject", "other", "ok", "ok", true }, { "require pin or subject", "stranger", "untrusted", "untrusted", false },
        { "require pin alone", "stranger", "ok", "ok", true }, { "require pin alone", "named", "pin", "pin", false },
    };

    [Theory, MemberData(nameof(Certificates))]
    public void AClientsCertificateIsJudgedCountedAndNamedInTheLog(string asks, string shows, string result, string verdict, bool isMutual)
    {
        foreach (TlsVersion newest in (TlsVersion[])[TlsVersion.Tls12, TlsVersion.Tls13])
        {
            TlsCertificate? shown = Shown(shows);
            using MemoryWorld world = Meets(new TlsPolicy { MaxVersion = newest }, listener => listener with { ClientCertificates = Asked(asks) }, shown);
            JsonElement line = Finish(world);
            Assert.Equal(1, world.Counted($$"""listener_tls_handshakes_total{listener="mx",result="{{result}}"}"""));
            Assert.Equal((result, verdict.Length == 0 ? null : verdict), (Text(line, "client_handshake"), Text(line, "client_verdict")));
            Assert.Equal(result is not "ok" ? "clear" : isMutual ? "mtls" : "tls", Text(line, "client_security"));
            Assert.Equal(isMutual ? shows is "other" ? "printer-8" : "printer-7" : null, Text(line, "client_certificate"));
            Assert.Equal(result is "ok" ? 1 : 0, world.Counted($$"""messages_total{listener="mx",upstream="up",client_security="{{(isMutual ? "mtls" : "tls")}}",upstream_security="clear",outcome="accepted"}"""));
            if (result is not "ok")
                Assert.DoesNotContain("MAIL", world.SentUpstream, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("named", true), InlineData("stranger", false)]
    public void Rule6_8_AGoodCertificatesNameGoesIntoTheProxyHeaderAndNoOther(string shows, bool isTold)
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Client = TlsMode.Implicit,
            Listener = listener => listener with { ClientCertificates = Asked("request") },
            Server = upstream => upstream with { Identity = Identity.ProxyV2 },
        });
        world.Connect();
        Shake(world, TlsPolicy.Default, Shown(shows));
        // PP2_SUBTYPE_SSL_CN, two octets of length; the flags say that this connection and session showed a certificate.
        Assert.Equal(isTold, world.SentUpstream.Contains("\u0022\u0000\u0009printer-7", StringComparison.Ordinal));
        Assert.Equal(isTold, world.SentUpstream.Contains("\u0007\0\0\0\0\u0021", StringComparison.Ordinal));
        Assert.Equal(!isTold, world.SentUpstream.Contains("\u0001\0\0\0\u0001\u0021", StringComparison.Ordinal));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void AnUnknownNameIsRefusedWhereTheListenerIsStrict(bool isStrict)
    {
        using MemoryWorld world = Meets(TlsPolicy.Default, listener => listener with { StrictSni = isStrict }, null, "other.test");
        JsonElement line = Finish(world);
        Assert.Equal(isStrict ? "protocol" : "ok", Text(line, "client_handshake"));
        Assert.Equal(isStrict ? "no certificate has the name that was asked for" : null, Text(line, "client_handshake_reason"));
    }

    static TlsCertificate? Shown(string shows) => shows switch { "named" => s_named, "other" => s_other, "stranger" => s_stranger, "expired" => s_expired, _ => null };

    static ClientCertificateConfiguration Asked(string asks)
    {
        ClientCertificateConfiguration asked = new() { Mode = asks is "none" ? ClientCertificateMode.None : asks is "request" ? ClientCertificateMode.Request : ClientCertificateMode.Require, CaFile = s_caFile };
        return asks switch
        {
            "require subject" => asked with { Subjects = ["PRINTER.example"] },
            "require pin" => asked with { Pins = [PinOf(s_named)] },
            "require pin or subject" => asked with { Pins = [PinOf(s_other)], Subjects = ["printer-7"] },
            "require pin alone" => asked with { CaFile = null, Pins = [PinOf(s_stranger)] },
            _ => asked,
        };
    }

    static CertificatePin PinOf(TlsCertificate certificate) => CertificatePin.Digesting(Configuration.PinOf.Certificate, certificate.ChainDer[0]);

    static MemoryWorld Meets(TlsPolicy policy, Func<ListenerConfiguration, ListenerConfiguration>? listener = null, TlsCertificate? shown = null, string? name = null)
    {
        MemoryWorld world = new(new WorldOptions { Client = TlsMode.Required, Listener = listener ?? (l => l) }) { OnDial = peer => new MailServer().Serve(peer) };
        world.Connect();
        world.Ask("EHLO c.test\r\n");
        Assert.StartsWith("220 2.0.0", world.Ask("STARTTLS\r\n"), StringComparison.Ordinal);
        Shake(world, policy, shown, name);
        return world;
    }

    static void Shake(MemoryWorld world, TlsPolicy policy, TlsCertificate? shown, string? name = null)
    {
        TlsContext client = world.Keep(TlsContext.ForClient(new TlsClientOptions { Policy = policy, Certificate = shown }));
        world.Client.Shake(client, new TlsTarget { ServerName = name });
        world.Run();
    }

    // One message where TLS stands, and the session's line.
    static JsonElement Finish(MemoryWorld world)
    {
        if (world.Client.IsTls && !world.Session.IsCompleted)
            foreach (string words in (string[])["EHLO c.test\r\n", "MAIL FROM:<a@c.test>\r\n", "RCPT TO:<b@up.test>\r\n", "DATA\r\n", "x\r\n.\r\n", "QUIT\r\n"])
                world.Ask(words);
        world.Client.End();
        world.Run().After(TimeSpan.FromMinutes(1));
        return JsonDocument.Parse(world.Route.LineOf("session")).RootElement;
    }

    static double Sessions(MemoryWorld world, string version)
    {
        string text = world.Route.Metrics.ExportTextAsync().GetAwaiter().GetResult();
        return text.Split('\n').Where(line => line.Contains("listener_tls_sessions_total", StringComparison.Ordinal) && line.Contains($"version=\"{version}\"", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..]));
    }

    static string? Text(JsonElement line, string field) => line.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;
}
