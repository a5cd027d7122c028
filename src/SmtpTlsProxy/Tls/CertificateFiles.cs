using System.Security.Cryptography;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>Certificates as the configuration names them, read from their files.</summary>
static class CertificateFiles
{
    /// <summary>Reads one; the error of an unusable one names its files, never its contents.</summary>
    public static TlsCertificate Load(CertificateConfiguration certificate)
    {
        try
        {
            string? password = certificate.KeyPasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;
            return TlsCertificate.FromPem(certificate.Name, File.ReadAllText(certificate.CertFile), File.ReadAllText(certificate.KeyFile), password);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateUnusableException(certificate, e);
        }
    }
}

/// <summary>A certificate's files cannot be used.</summary>
sealed class CertificateUnusableException(CertificateConfiguration certificate, Exception cause)
    : Exception($"certificates.{certificate.Name}: {certificate.CertFile}, {certificate.KeyFile}: {cause.Message}", cause);
