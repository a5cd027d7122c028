namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public class Pkcs12Test
{
    const string Name = "mx.example.net";

    [Theory]
    [InlineData(true, "open sesame")]
    [InlineData(false, "")]
    [InlineData(false, null)]
    public void TheLeafComesFirstWhateverTheOrderInTheFile(bool isRsa, string? password)
    {
        byte[] file = Export(password, reversed: true, new TestLeaf { Names = [Name], IsRsa = isRsa, BelowIntermediate = true });
        TlsCertificate read = TlsCertificate.FromPkcs12("public", file, password);
        Assert.Equal(2, read.ChainDer.Count);
        Assert.Equal([Name], read.DnsNames);
        using TlsContext server = TestContexts.Server(read), client = TestContexts.Client();
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name)).RunOk();
        Assert.True(pair.ClientResult.IsVerified);
    }

    [Fact]
    public void AWrongPasswordIsSaidWithoutIt()
    {
        TlsException wrong = Assert.Throws<TlsException>(() => TlsCertificate.FromPkcs12("public", Export("right", false, new TestLeaf { Names = [Name] }), "guessed"));
        Assert.Contains("wrong password", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void DamageIsSaid() => Assert.Throws<TlsException>(() => TlsCertificate.FromPkcs12("public", "nothing"u8, null));

    [Fact]
    public void WithoutAKeyItIsNoUse()
    {
        (string certificate, _) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [Name] });
        using X509Certificate2 bare = X509Certificate2.CreateFromPem(certificate);
        Assert.Contains("no private key", Assert.Throws<TlsException>(() => TlsCertificate.FromPkcs12("public", bare.Export(X509ContentType.Pkcs12, "x"), "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralKeysAreNotGuessedAmong()
    {
        X509Certificate2Collection all = [One("a.test"), One("b.test")];
        Assert.Contains("several", Assert.Throws<TlsException>(() => TlsCertificate.FromPkcs12("public", all.Export(X509ContentType.Pkcs12, "x")!, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASelfSignedOneIsForItsNames()
    {
        TlsCertificate made = TlsCertificate.SelfSigned("own", [Name, "*.example.org"], DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddYears(1));
        Assert.Equal([Name, "*.example.org"], made.DnsNames);
        using TlsContext server = TestContexts.Server(made);
        using TlsContext client = TlsContext.ForClient(new TlsClientOptions { CaPem = PemOf(made) });
        using TlsPair pair = new TlsPair(client, server, TestContexts.Enforced(Name)).RunOk();
        Assert.True(pair.ClientResult.IsVerified);
    }

    [Fact]
    public void ALongNameDoesNotFitTheSubjectAndIsAnAlternativeNameAllTheSame()
    {
        string name = string.Join('.', Enumerable.Repeat("label", 14)) + ".example";
        Assert.Equal([name], TlsCertificate.SelfSigned("own", [name], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1)).DnsNames);
    }

    static byte[] PemOf(TlsCertificate certificate)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.ChainDer[0]);
        return System.Text.Encoding.ASCII.GetBytes(leaf.ExportCertificatePem());
    }

    static X509Certificate2 One(string name)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [name] });
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    static byte[] Export(string? password, bool reversed, TestLeaf leaf)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(leaf);
        X509Certificate2Collection chain = [];
        chain.ImportFromPem(certificate);
        X509Certificate2Collection all = [X509Certificate2.CreateFromPem(certificate, key), .. chain.Skip(1), X509Certificate2.CreateFromPem(TestCertificates.Shared.RootPem)];
        return (reversed ? new X509Certificate2Collection(all.Reverse().ToArray()) : all).Export(X509ContentType.Pkcs12, password)!;
    }
}
