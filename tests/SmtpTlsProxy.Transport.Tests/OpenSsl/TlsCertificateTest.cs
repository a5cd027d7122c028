namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using System.Security.Cryptography;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

[Collection("OpenSsl")]
public class TlsCertificateTest
{
    static readonly TestLeaf s_leaf = new() { Names = ["MX.example.net", "*.example.org"], BelowIntermediate = true };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryFormOfKeyIsRead(bool isRsa)
    {
        (string certificate, string pkcs8) = TestCertificates.Shared.MakePem(s_leaf with { IsRsa = isRsa });
        using AsymmetricAlgorithm key = isRsa ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(pkcs8);
        PbeParameters pbe = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        string old = key is RSA rsa ? rsa.ExportRSAPrivateKeyPem() : ((ECDsa)key).ExportECPrivateKeyPem();
        foreach (string form in (string[])[pkcs8, old, key.ExportEncryptedPkcs8PrivateKeyPem("secret", pbe), certificate + pkcs8])
        {
            TlsCertificate read = TlsCertificate.FromPem("public", certificate, form, "secret");
            Assert.Equal(["mx.example.net", "*.example.org"], read.DnsNames);
            Assert.Equal(2, read.ChainDer.Count);
            Assert.Equal(2099, read.NotAfter.Year);
            Assert.DoesNotContain(Convert.ToBase64String(read.KeyPkcs8Der)[..20], read.ToString(), StringComparison.Ordinal);
            TestContexts.Server(read).Dispose();
        }
    }

    [Theory]
    [InlineData("another key", "does not belong")]
    [InlineData("another kind", "key")]
    [InlineData("no key", "no private key")]
    [InlineData("no certificate", "no certificate")]
    [InlineData("no password", "no password")]
    [InlineData("wrong password", "password")]
    [InlineData("broken key", "key")]
    [InlineData("broken certificate", "certificate")]
    public void WhatDoesNotFitIsSaidAndNoSecretWithIt(string what, string said)
    {
        (string certificate, string key) = TestCertificates.Shared.MakePem(s_leaf);
        (string certPem, string keyPem, string? password) = what switch
        {
            "another key" => (certificate, TestCertificates.Shared.MakePem(s_leaf).Key, null),
            "another kind" => (certificate, TestCertificates.Shared.MakePem(s_leaf with { IsRsa = true }).Key, null),
            "no key" => (certificate, certificate, null),
            "no certificate" => (key, key, null),
            "no password" => (certificate, Encrypted(key), null),
            "wrong password" => (certificate, Encrypted(key), "guessed"),
            "broken key" => (certificate, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", null),
            "broken certificate" => ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key, null),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        TlsException refused = Assert.Throws<TlsException>(() => TlsCertificate.FromPem("public", certPem, keyPem, password));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Contains("public", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed", refused.ToString(), StringComparison.Ordinal);
        Assert.True(ErrorQueue.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void RootsThatCannotBeReadAreSaid(string pem) =>
        Assert.Throws<TlsException>(() => TlsContext.ForClient(new TlsClientOptions { CaPem = System.Text.Encoding.ASCII.GetBytes(pem) }));

    static string Encrypted(string pkcs8)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(pkcs8);
        return key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }
}
