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
