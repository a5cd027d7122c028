using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What certificates say of themselves.</summary>
public class CertificateFactsTest
{
    [Theory]
    [InlineData(1024, true)]
    [InlineData(2048, false)]
    public void AWeakKeyIsSeen(int bits, bool isWeak)
    {
        using RSA issuer = RSA.Create(2048), key = RSA.Create(bits);
        CertificateRequest request = new("CN=mail.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        X509SignatureGenerator signer = X509SignatureGenerator.CreateForRSA(issuer, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.Create(new X500DistinguishedName("CN=Authority"), signer, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);

        CertificateFacts facts = Assert.Single(CertificateFacts.Of([certificate.RawData]));

        Assert.Equal((isWeak, $"RSA {bits}"), (facts.HasWeakKey, facts.Key));
        Assert.False(facts.HasWeakSignature);
        Assert.True((facts with { Signature = "sha1RSA" }).HasWeakSignature);
        Assert.False((facts with { Signature = "sha1RSA", IsSelfIssued = true }).HasWeakSignature);
    }

    [Fact]
    public void WhatCannotBeReadIsLeftOut() => Assert.Empty(CertificateFacts.Of([new byte[] { 1, 2, 3 }]));
}
