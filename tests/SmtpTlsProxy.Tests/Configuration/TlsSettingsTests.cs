using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Configuration;

/// <summary><c>tlsSettings</c> of both legs.</summary>
public class TlsSettingsTests
{
    const string Suite12 = "ECDHE-RSA-AES128-GCM-SHA256";
    const string Suite13 = "TLS_AES_128_GCM_SHA256";

    [Fact]
    public void WithoutAWordItIsIntermediate()
    {
        ProxyConfiguration read = Given.Valid(Given.Minimal);
        Assert.Equal((TlsProfile.Intermediate, TlsVersion.Tls12, TlsVersion.Tls13), Of(read.Listeners[0].TlsSettings));
        Assert.Equal((TlsProfile.Intermediate, TlsVersion.Tls12, TlsVersion.Tls13), Of(read.Upstreams[0].TlsSettings));
    }

    [Theory]
    [InlineData("profile: modern", TlsProfile.Modern, TlsVersion.Tls13, TlsVersion.Tls13)]
    [InlineData("profile: Legacy", TlsProfile.Legacy, TlsVersion.Tls10, TlsVersion.Tls13)]
    [InlineData("profile: legacy, maxVersion: 1.1", TlsProfile.Legacy, TlsVersion.Tls10, TlsVersion.Tls11)]
    [InlineData("minVersion: 1.3", TlsProfile.Intermediate, TlsVersion.Tls13, TlsVersion.Tls13)]
    [InlineData("minVersion: '1.2', maxVersion: 1.2", TlsProfile.Intermediate, TlsVersion.Tls12, TlsVersion.Tls12)]
    public void AVersionIsWrittenAsTextOrAsANumber(string keys, TlsProfile profile, TlsVersion oldest, TlsVersion newest) =>
        Assert.Equal((profile, oldest, newest), Of(Given.Valid(Listener(keys)).Listeners[0].TlsSettings));

    [Fact]
    public void JsonAndTheEnvironmentWriteThemToo()
    {
        const string json = """
            { "listeners": { "mx": { "address": "127.0.0.1:2525", "tls": "none", "upstream": "server", "tlsSettings": { "minVersion": 1.2, "groups": ["secp256r1"] } } },
              "upstreams": { "server": { "destinations": "127.0.0.1:10025", "tls": "none" } } }
            """;
        ProxyConfiguration read = Given.Valid(json, null, null, ("SMTP_TLS_PROXY__UPSTREAMS__SERVER__TLSSETTINGS__MAXVERSION", "1.2"));
        Assert.Equal((TlsVersion.Tls12, "P-256"), (read.Listeners[0].TlsSettings.MinVersion, Assert.Single(read.Listeners[0].TlsSettings.Groups)));
        Assert.Equal(TlsVersion.Tls12, read.Upstreams[0].TlsSettings.MaxVersion);
    }

    [Fact]
    public void SuitesAreReadByEitherNameAndKeptInOrder() =>
        Assert.Equal(["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"], Given.Valid(Listener($"cipherSuites: [{Suite13}, {Suite12}]")).Listeners[0].TlsSettings.CipherSuites);

    [Theory]
    [InlineData("profile: old", "profile", "no word", "modern, intermediate, legacy")]
    [InlineData("minVersion: 1.4", "minVersion", "no word", "1.0, 1.1, 1.2, 1.3")]
    [InlineData("minVersion: TLSv1.2", "minVersion", "no word", "1.0, 1.1, 1.2, 1.3")]
    [InlineData("minVersion: 1.3, maxVersion: 1.2", "maxVersion", "older than the oldest", "older minVersion")]
    [InlineData("profile: modern, maxVersion: 1.2", "maxVersion", "older than the oldest", "another profile")]
    [InlineData("minVersion: 1.1", "minVersion", "intermediate begins with TLS 1.2", "profile: legacy")]
    [InlineData("profile: modern, minVersion: 1.2", "minVersion", "modern begins with TLS 1.3", "profile: intermediate")]
    [InlineData("cipherSuites: [TLS_AES_128_GCM_SHA265, " + Suite12 + "]", "cipherSuites", "did you mean TLS_AES_128_GCM_SHA256?", "write suites")]
    [InlineData("cipherSuites: 'ALL:!aNULL'", "cipherSuites", "no cipher suite", "write suites")]
    [InlineData("cipherSuites: " + Suite13, "cipherSuites", "for TLS 1.2", "minVersion: 1.3")]
    [InlineData("cipherSuites: " + Suite12, "cipherSuites", "for TLS 1.3", "maxVersion: 1.2")]
    [InlineData("cipherSuites: [" + Suite13 + ", AES128-SHA]", "cipherSuites", "no forward secrecy", "profile: legacy")]
    [InlineData("groups: [P256]", "groups", "did you mean P-256?", "X25519")]
    [InlineData("groups: []", "groups", "empty", "X25519")]
    public void AMistakeIsToldWithItsRemedyOnEitherLeg(string keys, string key, string problem, string remedy)
    {
        Mistake onListener = Given.OnlyMistake(Listener(keys)), onUpstream = Given.OnlyMistake(Upstream(keys));
        Assert.Equal(($"listeners.mx.tlsSettings.{key}", $"upstreams.server.tlsSettings.{key}"), (onListener.Path, onUpstream.Path));
        foreach (Mistake mistake in (Mistake[])[onListener, onUpstream])
        {
            Assert.Contains(problem, mistake.Problem, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(remedy, mistake.Remedy, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("127.0.0.1:2525", "", true)]
    [InlineData("unix:/run/proxy", "", true)]
    [InlineData("10.0.0.1:2525", "", false)]
    [InlineData("10.0.0.1:2525", ", allow: 10.0.0.0/8", true)]
    [InlineData("10.0.0.1:2525", ", allow: ['0.0.0.0/0', '::/0']", false)]
    public void LegacyIsForLoopbackOrListedNetworks(string address, string more, bool isTaken)
    {
        string yaml = Given.Route($"address: '{address}', tls: opportunistic, tlsSettings: {{ profile: legacy }}{more}", "destinations: '127.0.0.1:25', tls: none, identity: none") + Given.Certificates;
        if (isTaken)
            Given.Valid(yaml);
        else
            Assert.Contains("listed networks", Given.OnlyMistake(yaml).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void LegacyOnAnUpstreamIsAWarning() =>
        Given.Warns(Given.Load(Upstream("profile: legacy")), "upstreams.server.tlsSettings.profile", "can be broken");

    [Fact]
    public void WithoutTlsTheSettingsHaveNoEffect() =>
        Given.Warns(Given.Load(Given.Route("address: '127.0.0.1:2525', tls: none, tlsSettings: { profile: modern }")), "listeners.mx.tlsSettings", "no effect");

    [Fact]
    public void AGroupThatIsNotThereIsLeftOutWithAWarning()
    {
        Assert.SkipWhen(TlsGroups.IsAvailable("X25519MLKEM768"), "This OpenSSL has it.");
        Given.Warns(Given.Load(Listener("groups: [X25519MLKEM768, X25519]")), "listeners.mx.tlsSettings.groups", "left out");
        Assert.Contains("none of the groups", Given.OnlyMistake(Listener("groups: X25519MLKEM768")).Problem, StringComparison.Ordinal);
    }

    static (TlsProfile, TlsVersion, TlsVersion) Of(TlsPolicy policy) => (policy.Profile, policy.Oldest, policy.Newest);

    static string Listener(string keys) => Given.Route($"address: '127.0.0.1:2525', tls: opportunistic, tlsSettings: {{ {keys} }}") + Given.Certificates;

    static string Upstream(string keys) => Given.Route(upstream: $"destinations: 'mail.example.net:25', tls: required, tlsSettings: {{ {keys} }}");
}
