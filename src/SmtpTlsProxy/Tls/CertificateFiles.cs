using System.Security.Cryptography;
using System.Text;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>Certificates as the configuration names them, read from their files.</summary>
static class CertificateFiles
{
    /// <summary>Reads the files of one; the error of an unusable one names its files, never its contents.</summary>
    public static CertificatePems Read(CertificateConfiguration certificate) => Attempt(certificate, () => new CertificatePems(
        File.ReadAllText(certificate.CertFile),
        File.ReadAllText(certificate.KeyFile),
        certificate.KeyPasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null));

    /// <summary>The certificate of what was read; OpenSSL has the last word on whether it can be shown.</summary>
    public static TlsCertificate Load(CertificateConfiguration certificate, CertificatePems pems) => Attempt(certificate, () =>
    {
        TlsCertificate loaded = TlsCertificate.FromPem(certificate.Name, pems.Certificate, pems.Key, pems.Password);
        using TlsContext trial = TlsContext.ForServer(new TlsServerOptions { Certificates = [loaded] });
        return loaded;
    });

    static T Attempt<T>(CertificateConfiguration certificate, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or TlsException)
        {
            throw new CertificateUnusableException(certificate, e);
        }
    }
}

/// <summary>What stands in a certificate's files. The key and its password are secrets.</summary>
readonly record struct CertificatePems(string Certificate, string Key, string? Password)
{
    /// <summary>Equal where the contents are, whatever became of names, dates and links; says nothing of the secrets.</summary>
    public string Fingerprint() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Certificate}\0{Key}\0{Password}")));

    public override string ToString() => nameof(CertificatePems);
}

/// <summary>A certificate's files cannot be used.</summary>
sealed class CertificateUnusableException(CertificateConfiguration certificate, Exception cause)
    : Exception($"certificates.{certificate.Name}: {certificate.CertFile}, {certificate.KeyFile}: {cause.Message}", cause);
