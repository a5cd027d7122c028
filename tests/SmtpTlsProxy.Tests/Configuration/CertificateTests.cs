using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Configuration;

public class CertificateTests
{
    [Theory]
    [InlineData(300, 365, null)]
    [InlineData(15, 365, null)]
    [InlineData(13, 365, "expires on 2026-03-14, in 13 days")]
    [InlineData(4, 6, null)]
    [InlineData(1, 6, "in 1 days")]
    [InlineData(-1, 365, "expired on 2026-02-28")]
    public void AnExpiringCertificateIsWarnedAbout(int days, int lifetime, string? words)
    {
        LoadResult result = Load(Given.Certificate($"expiring{days}of{lifetime}", days, lifetime));
        Assert.Empty(result.Mistakes);
        if (words is null) Assert.Empty(result.Warnings);
        else Given.Warns(result, "certificates.public.certFile", words);
    }

    [Fact]
    public void AMissingCertificateFileIsAMistake() => IsTold(("/nonexistent.crt", Given.Pair.Key), "certFile", "cannot be read");

    [Fact]
    public void AMissingKeyFileIsAMistake() => IsTold((Given.Pair.Cert, "/nonexistent.key"), "keyFile", "cannot be read");

    [Fact]
    public void AFileWithoutCertificateIsAMistake() => IsTold((Given.File("nothing.crt", "nothing"), Given.Pair.Key), "certFile", "holds no certificate");

    [Fact]
    public void AnotherCertificatesKeyIsAMistake() => IsTold((Given.Pair.Cert, Given.Certificate("stranger", 100).Key), "keyFile", "is not the key of");

    [Fact]
    public void AFileWithoutKeyIsAMistake() => IsTold((Given.Pair.Cert, Given.File("nothing.key", "nothing")), "keyFile", "is not the key of");

    [Fact]
    public void AnEncryptedKeyNeedsItsPassword()
    {
        (string cert, string key) = Given.Certificate("encrypted", 300, password: "open sesame");
        Assert.Contains("keyPasswordFile", Assert.Single(Load((cert, key)).Mistakes).Remedy, StringComparison.Ordinal);
        Assert.Empty(Load((cert, key), Given.File("password", "open sesame\n")).Mistakes);
        Assert.Single(Load((cert, key), Given.File("wrong", "nothing")).Mistakes);
    }

    [Fact]
    public void ACertificateWithoutItsFilesIsAMistake()
    {
        LoadResult result = Given.Load(Given.Minimal + "certificates: { public: {} }");
        Assert.Equal(["certificates.public.certFile", "certificates.public.keyFile"], result.Mistakes.Select(mistake => mistake.Path));
    }

    [Fact]
    public void AReloadMayLeaveTheFilesToTheCertificateSet()
    {
        string yaml = Given.Minimal + "certificates: { public: { certFile: /nonexistent.crt, keyFile: /nonexistent.key } }";
        Assert.NotNull(ConfigurationLoader.Load([YamlSource.FromText(yaml, "config.yaml")], Given.Machine, checkCertificateFiles: false).Configuration);
    }

    [Fact]
    public void Pkcs12StandsInPlaceOfThePair()
    {
        string file = Given.Pkcs12("pkcs12", "open sesame");
        string password = Given.File("pkcs12.password", "open sesame\n"), wrong = Given.File("pkcs12.wrong", "guess");
        ProxyConfiguration read = Given.Valid(Of($"pkcs12File: {file}, keyPasswordFile: {password}"));
        Assert.Equal((CertificateKind.Pkcs12, file), (read.Certificates[0].Kind, read.Certificates[0].Pkcs12File));
        Mistake mistake = Given.OnlyMistake(Of($"pkcs12File: {file}, keyPasswordFile: {wrong}"));
        Assert.Equal("certificates.public.pkcs12File", mistake.Path);
        Assert.Contains("wrong password", mistake.Problem, StringComparison.Ordinal);
        Assert.Contains("keyPasswordFile", Given.OnlyMistake(Of($"pkcs12File: {file}")).Remedy, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Given.OnlyMistake(Of("pkcs12File: /nonexistent.p12")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ASelfSignedOneNeedsNoFile()
    {
        ProxyConfiguration read = Given.Valid(Of("selfSigned: [mail.example.com, mx.example.com]"));
        Assert.Equal((CertificateKind.SelfSigned, 2), (read.Certificates[0].Kind, read.Certificates[0].SelfSigned.Count));
        Assert.Contains("no valid domain name", Given.OnlyMistake(Of("selfSigned: 'a b'")).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TheFlagMakesOne()
    {
        RunFlags flags = new() { Listen = "127.0.0.1:2525", Tls = "opportunistic", Upstream = "127.0.0.1:25", UpstreamTls = "none", SelfSigned = ["mail.example.com"] };
        Assert.Equal(["mail.example.com"], Given.Valid("", flags: flags).Certificates[0].SelfSigned);
    }

    [Theory]
    [InlineData("selfSigned: a.example, certFile: /x", "certFile", "does not go together with selfSigned")]
    [InlineData("selfSigned: a.example, ocsp: staple", "ocsp", "does not go together with selfSigned")]
    [InlineData("pkcs12File: PFX, keyFile: /x", "keyFile", "does not go together with pkcs12File")]
    [InlineData("pkcs12File: PFX, selfSigned: a.example", "selfSigned", "does not go together with pkcs12File")]
    public void OneSourceIsEnough(string keys, string key, string problem)
    {
        Mistake mistake = Given.OnlyMistake(Of(keys.Replace("PFX", Given.Pkcs12("beside", null), StringComparison.Ordinal)));
        Assert.Equal($"certificates.public.{key}", mistake.Path);
        Assert.Contains(problem, mistake.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void WeaknessesAreWarnedAbout()
    {
        using RSA small = RSA.Create(1024);
        CertificateRequest request = new("CN=weak", small, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 weak = request.CreateSelfSigned(Given.Today.AddDays(-10), Given.Today.AddDays(300));
        LoadResult result = Shown(weak.ExportCertificatePem(), small.ExportPkcs8PrivateKeyPem());
        Given.Warns(result, "certificates.public.certFile", "1024 bits");
        Given.Warns(result, "certificates.public.certFile", "no DNS name");
    }

    [Fact]
    public void AMissingChainIsWarnedAbout()
    {
        (string whole, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = ["mail.example.com"], BelowIntermediate = true });
        (string alone, string aloneKey) = TestCertificates.Shared.MakePem(new TestLeaf { Names = ["mail.example.com"], BelowIntermediate = true, WithoutChain = true });
        Given.DoesNotWarn(Shown(whole, key), "certificates.public.certFile");
        Given.Warns(Shown(alone, aloneKey), "certificates.public.certFile", "the chain is missing");
        (string other, _) = TestCertificates.Shared.MakePem(new TestLeaf { Names = ["other.example"] });
        Given.Warns(Shown(alone + other, aloneKey), "certificates.public.certFile", "has not issued it");
    }

    [Theory]
    [InlineData("mail.example.com", false)]
    [InlineData("*.example.com", false)]
    [InlineData("mail.example.org", true)]
    [InlineData("*.mail.example.com", true)]
    public void ANameThatMatchesNothingIsWarnedAbout(string name, bool warns)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(new TestLeaf { Names = [name], BelowIntermediate = true });
        LoadResult result = Shown(certificate, key, "hostname: mail.example.com\n");
        if (warns) Given.Warns(result, "certificates.public.certFile", "and hostname is mail.example.com");
        else Given.DoesNotWarn(result, "certificates.public.certFile");
    }

    [Fact]
    public void StaplingWithoutAResponderIsWarnedAbout() =>
        Given.Warns(Given.Load(Of($"certFile: {Given.Pair.Cert}, keyFile: {Given.Pair.Key}, ocsp: staple")), "certificates.public.ocsp", "no OCSP responder");

    static LoadResult Shown(string certificate, string key, string more = "") => Given.Load(
        more + Given.Route("address: '127.0.0.1:2525', tls: opportunistic") + $"certificates: {{ public: {{ certFile: {Given.File($"shown{s_file}.crt", certificate)}, keyFile: {Given.File($"shown{s_file++}.key", key)} }} }}");

    static int s_file;

    static string Of(string keys) => Given.Minimal + $"certificates: {{ public: {{ {keys} }} }}";

    static void IsTold((string, string) pair, string key, string problem)
    {
        Mistake mistake = Assert.Single(Load(pair).Mistakes);
        Assert.Equal($"certificates.public.{key}", mistake.Path);
        Assert.Contains(problem, mistake.Problem, StringComparison.Ordinal);
    }

    static LoadResult Load((string Cert, string Key) pair, string? password = null)
    {
        string more = password is null ? "" : $", keyPasswordFile: {password}";
        return Given.Load(Given.Minimal + $"certificates: {{ public: {{ certFile: {pair.Cert}, keyFile: {pair.Key}{more} }} }}");
    }
}
