using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>The one certificate that proxies and sink show, as files, and the root above it.</summary>
sealed record Certificates(string CertFile, string KeyFile, string CombinedFile, string CaFile)
{
    public static Certificates Make(Scratch scratch, Key key)
    {
        TestCertificates authority = TestCertificates.Shared;
        (string certificate, string secret) = authority.MakePem(new TestLeaf { Names = [Target.Name], IsRsa = key is Key.Rsa });
        string name = $"{key}".ToLowerInvariant();
        return new Certificates(
            scratch.Write($"{name}.crt", certificate),
            scratch.Write($"{name}.key", secret),
            scratch.Write($"{name}.pem", certificate + secret),
            scratch.Write("ca.pem", authority.RootPem));
    }
}
