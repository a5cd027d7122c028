using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>The demo's own certificate, made at its start and gone with it: self-signed, so it is its own root.</summary>
static class DemoCertificate
{
    public const string Name = "mail.demo.test";

    /// <summary>Writes <c>demo.crt</c> and <c>demo.key</c> into <paramref name="folder"/>.</summary>
    public static void Write(string folder, TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={Name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(Name);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(7));
        File.WriteAllText(Path.Combine(folder, "demo.crt"), certificate.ExportCertificatePem());
        string keyFile = Path.Combine(folder, "demo.key");
        using FileStream stream = new(keyFile, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }
}
