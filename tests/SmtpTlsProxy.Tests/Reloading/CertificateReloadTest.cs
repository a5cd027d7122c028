using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Reloading;

/// <summary>A certificate beneath the link that kubelet swaps: <c>data</c> to the folder of the day.</summary>
public sealed class CertificateReloadTest : IDisposable
{
    readonly Stage _stage = new(stage =>
    {
        stage.WritePair("monday", "monday.test");
        stage.Link("data", "monday");
        return Yaml(stage);
    });

    [Fact]
    public async Task ValidThenBrokenThenValidIsShownAsFarAsItIsValid()
    {
        TlsContext monday = Context;
        _stage.WritePair("tuesday", "tuesday.test");
        await SwapAsync("tuesday");
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        Assert.NotSame(monday, Context);
        IsCounted(success: 1, failure: 0);

        _stage.WritePair("wednesday", "wednesday.test");
        _stage.Write("wednesday/tls.key", File.ReadAllText(_stage.PathTo("monday/tls.key")));       // another certificate's
        await SwapAsync("wednesday");
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        Assert.Contains("does not belong", _stage.Running.Certificates.ProblemOf("public"));
        IsCounted(success: 1, failure: 1);

        _stage.WritePair("thursday", "thursday.test");
        await SwapAsync("thursday");
        Assert.Equal(["thursday.test"], _stage.Shown().DnsNames);
        Assert.Null(_stage.Running.Certificates.ProblemOf("public"));
        IsCounted(success: 2, failure: 1);
        Assert.Contains("Certificate refused, the one before stays: certificates.public:", _stage.Log());
    }

    [Theory]
    [InlineData("tls.crt", "nothing")]
    [InlineData("tls.key", "nothing")]
    [InlineData("tls.crt", null)]
    public async Task ABrokenPairLeavesTheOneBefore(string file, string? content)
    {
        if (content is null)
            File.Delete(_stage.PathTo($"monday/{file}"));
        else
            _stage.Write($"monday/{file}", content);
        await _stage.LookAsync();
        await _stage.LookAsync();                                     // told once, not at every look
        Assert.Equal(["monday.test"], _stage.Shown().DnsNames);
        IsCounted(success: 0, failure: 1);
        Assert.DoesNotContain("nothing", _stage.Log());                // a file's content may be a secret
    }

    [Fact]
    public async Task TheSameContentIsNoReload()
    {
        TlsContext before = Context;
        _stage.Write("tuesday/tls.crt", File.ReadAllText(_stage.PathTo("monday/tls.crt")));
        _stage.Write("tuesday/tls.key", File.ReadAllText(_stage.PathTo("monday/tls.key")));
        await SwapAsync("tuesday");
        Assert.Same(before, Context);
    }

    [Fact]
    public async Task ACertificateIsRenewedBehindABadFile()
    {
        _stage.Write("config.yaml", "nothing: of use\n");
        _stage.WritePair("tuesday", "tuesday.test");
        await SwapAsync("tuesday");
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        Assert.Equal(0, _stage.Counted("config_last_reload_successful"));
        IsCounted(success: 1, failure: 0);
    }

    [Fact]
    public async Task ABadNewcomerIsLeftOutWhileAnotherIsUsable()
    {
        _stage.Write("config.yaml", Yaml(_stage) + More);
        await _stage.LookAsync();
        Assert.Equal(["public"], _stage.Running.Certificates.Usable.Select(certificate => certificate.Name));
        Assert.Equal(1, _stage.Counted("config_last_reload_successful"));
        IsCounted(success: 0, failure: 1);

        _stage.WritePair("later", "later.test");                      // a mount that comes after the configuration
        await _stage.LookAsync();
        Assert.Equal(["public", "more"], _stage.Running.Certificates.Usable.Select(certificate => certificate.Name));
        IsCounted(success: 1, failure: 1);
    }

    [Fact]
    public async Task AListenerThatWouldHaveNoneRefusesTheReloadUntilThereIsOne()
    {
        _stage.Write("config.yaml", Yaml(_stage, "certificates: [more]") + More);
        await _stage.LookAsync();
        Assert.Equal(0, _stage.Counted("config_last_reload_successful"));
        Assert.Equal(["monday.test"], _stage.Shown().DnsNames);

        _stage.WritePair("later", "later.test");
        await _stage.LookAsync();
        Assert.Equal(1, _stage.Counted("config_last_reload_successful"));
        Assert.Equal(["more"], _stage.Sessions.RouteOf("mx").Listener.Certificates);
        Assert.Contains("listeners.mx: none of its certificates can be used", _stage.Log());
    }

    [Fact]
    public async Task Pkcs12IsRenewedToo()
    {
        _stage.WriteBytes("bundle/tls.p12", Bundle("one.test"));
        _stage.Write("config.yaml", Yaml(_stage) + $"  bundle: {{ pkcs12File: {_stage.PathTo("bundle/tls.p12")} }}\n");
        await _stage.LookAsync();
        Assert.Equal(["one.test"], _stage.Shown("bundle").DnsNames);
        _stage.WriteBytes("bundle/tls.p12", Bundle("two.test"));
        await _stage.LookAsync();
        Assert.Equal(["two.test"], _stage.Shown("bundle").DnsNames);
        _stage.Write("bundle/tls.p12", "nothing");
        await _stage.LookAsync();
        Assert.Equal(["two.test"], _stage.Shown("bundle").DnsNames);
        IsCounted(success: 2, failure: 1);
    }

    /// <summary>As a PEM pair: beneath the swapped link, with its password beside it, a broken one refused.</summary>
    [Theory]
    [InlineData("another's password")]
    [InlineData("no bundle")]
    [InlineData("no key in it")]
    public async Task Pkcs12WithAPasswordIsShownAsFarAsItIsValid(string fault)
    {
        WriteBundle("monday", "monday.test", "first");
        WriteBundle("tuesday", "tuesday.test", "second");
        WriteBundle("wednesday", "wednesday.test", "third", fault);
        WriteBundle("thursday", "thursday.test", "fourth");
        _stage.Write("config.yaml", Yaml(_stage).Replace(Pair(_stage), $"pkcs12File: {_stage.PathTo("data/tls.p12")}, keyPasswordFile: {_stage.PathTo("data/password")}", StringComparison.Ordinal));
        await _stage.LookAsync();
        await SwapAsync("tuesday");
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        IsCounted(success: 2, failure: 0);
        await SwapAsync("wednesday");
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        IsCounted(success: 2, failure: 1);
        await SwapAsync("thursday");
        Assert.Equal(["thursday.test"], _stage.Shown().DnsNames);
        IsCounted(success: 3, failure: 1);
        Assert.DoesNotContain("third", _stage.Log());
    }

    [Fact]
    public async Task AnEncryptedKeyThatIsBrokenLeavesTheOneBefore()
    {
        foreach (string day in (string[])["tuesday", "wednesday", "thursday"])
            _stage.WriteEncryptedPair(day, $"{day}.test", day + " secret");
        _stage.Write("wednesday/tls.key", File.ReadAllText(_stage.PathTo("tuesday/tls.key")));        // another certificate's, by another password
        _stage.Link("data", "tuesday");
        _stage.Write("config.yaml", Yaml(_stage).Replace("tls.key }", $"tls.key, keyPasswordFile: {_stage.PathTo("data/password")} }}", StringComparison.Ordinal));
        await _stage.LookAsync();
        await SwapAsync("wednesday");
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        IsCounted(success: 1, failure: 1);
        await SwapAsync("thursday");
        Assert.Equal(["thursday.test"], _stage.Shown().DnsNames);
        IsCounted(success: 2, failure: 1);
        Assert.DoesNotContain("secret", _stage.Log());
    }

    [Fact]
    public async Task AnEncryptedKeyIsRenewedWithItsPassword()
    {
        _stage.WriteEncryptedPair("tuesday", "tuesday.test", "first");
        _stage.WriteEncryptedPair("wednesday", "wednesday.test", "second");
        _stage.Link("data", "tuesday");
        _stage.Write("config.yaml", Yaml(_stage).Replace("tls.key }", $"tls.key, keyPasswordFile: {_stage.PathTo("data/password")} }}", StringComparison.Ordinal));
        await _stage.LookAsync();
        Assert.Equal(["tuesday.test"], _stage.Shown().DnsNames);
        await SwapAsync("wednesday");
        Assert.Equal(["wednesday.test"], _stage.Shown().DnsNames);
        _stage.Write("wednesday/password", "third");
        await _stage.LookAsync();
        Assert.Equal(["wednesday.test"], _stage.Shown().DnsNames);
        Assert.DoesNotContain("third", _stage.Log());
    }

    [Fact]
    public async Task ASelfSignedOneStaysWhileItsNamesDo()
    {
        _stage.Write("config.yaml", Yaml(_stage) + "  own: { selfSigned: a.test }\n");
        await _stage.LookAsync();
        TlsCertificate own = _stage.Shown("own");
        _stage.WritePair("tuesday", "tuesday.test");
        await SwapAsync("tuesday");
        Assert.Same(own, _stage.Shown("own"));
        _stage.Write("config.yaml", Yaml(_stage) + "  own: { selfSigned: [a.test, b.test] }\n");
        await _stage.LookAsync();
        Assert.Equal(["a.test", "b.test"], _stage.Shown("own").DnsNames);
    }

    [Fact]
    public void AtTheStartABrokenCertificateIsAMistake() =>
        Assert.Contains("the key does not belong", Assert.Throws<CertificateUnusableException>(() => new Stage(stage =>
        {
            stage.WritePair("data", "monday.test");
            stage.WritePair("other", "other.test");
            File.Move(stage.PathTo("other/tls.key"), stage.PathTo("data/tls.key"), overwrite: true);
            return Yaml(stage);
        })).Message);

    public void Dispose() => _stage.Dispose();

    TlsContext Context => _stage.Sessions.RouteOf("mx").ServerTls!.Context;

    static byte[] Bundle(string name, string? password = null, bool hasKey = true)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [name] });
        using X509Certificate2 pair = hasKey ? X509Certificate2.CreateFromPem(certificate, key) : X509Certificate2.CreateFromPem(certificate);
        return pair.Export(X509ContentType.Pkcs12, password);
    }

    void WriteBundle(string folder, string name, string password, string fault = "")
    {
        byte[] bundle = Bundle(name, fault == "another's password" ? "guessed" : password, hasKey: fault != "no key in it");
        _stage.WriteBytes($"{folder}/tls.p12", fault == "no bundle" ? [1, 2, 3] : bundle);
        _stage.Write($"{folder}/password", password);
    }

    string More => $"  more: {{ certFile: {_stage.PathTo("later/tls.crt")}, keyFile: {_stage.PathTo("later/tls.key")} }}\n";

    static string Yaml(Stage stage, string listener = "bareNewlines: normalize") => $$"""
        hostname: mail.example.com
        listeners: { mx: { address: '127.0.0.1:2525', tls: opportunistic, upstream: server, {{listener}} } }
        upstreams: { server: { destinations: '127.0.0.1:10025', tls: none } }
        certificates:
          public: { {{Pair(stage)}} }

        """;

    static string Pair(Stage stage) => $"certFile: {stage.PathTo("data/tls.crt")}, keyFile: {stage.PathTo("data/tls.key")}";

    Task SwapAsync(string folder)
    {
        _stage.Link("data", folder);
        return _stage.LookAsync();
    }

    void IsCounted(int success, int failure)
    {
        Assert.Equal(success, _stage.Counted("certificate_reloads_total{result=\"success\"}"));
        Assert.Equal(failure, _stage.Counted("certificate_reloads_total{result=\"failure\"}"));
    }
}
