using System.Security.Cryptography;
using System.Text;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>Certificates as the configuration names them, read from their files.</summary>
static class CertificateFiles
{
    // Nobody verifies it, and a process that makes one may run for long: what is pinned ends with the process anyway.
    static readonly TimeSpan SelfSignedFor = TimeSpan.FromDays(5 * 365);

    /// <summary>Reads the files of one; the error of an unusable one names its files, never its contents.</summary>
    public static CertificateContent Read(CertificateConfiguration certificate) => Attempt(certificate, () => certificate.Kind switch
    {
        CertificateKind.SelfSigned => new CertificateContent(Encoding.UTF8.GetBytes(string.Join(' ', certificate.SelfSigned)), [], null),
        CertificateKind.Pkcs12 => new CertificateContent(File.ReadAllBytes(certificate.Pkcs12File!), [], PasswordOf(certificate)),
        _ => new CertificateContent(File.ReadAllBytes(certificate.CertFile), File.ReadAllBytes(certificate.KeyFile), PasswordOf(certificate)),
    });

    /// <summary>The certificate of what was read; OpenSSL has the last word on whether it can be shown.</summary>
    public static TlsCertificate Load(CertificateConfiguration certificate, CertificateContent content, TimeProvider time) => Attempt(certificate, () =>
    {
        TlsCertificate loaded = certificate.Kind switch
        {
            CertificateKind.SelfSigned => TlsCertificate.SelfSigned(certificate.Name, certificate.SelfSigned, time.GetUtcNow().AddHours(-1), time.GetUtcNow() + SelfSignedFor),
            CertificateKind.Pkcs12 => TlsCertificate.FromPkcs12(certificate.Name, content.Certificate, content.Password),
            _ => TlsCertificate.FromPem(certificate.Name, Encoding.UTF8.GetString(content.Certificate), Encoding.UTF8.GetString(content.Key), content.Password),
        };
        using TlsContext trial = TlsContext.ForServer(new TlsServerOptions { Certificates = [loaded] });
        return loaded;
    });

    static string? PasswordOf(CertificateConfiguration certificate) => certificate.KeyPasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;

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
readonly record struct CertificateContent(byte[] Certificate, byte[] Key, string? Password)
{
    /// <summary>Equal where the contents are, whatever became of names, dates and links; says nothing of the secrets.</summary>
    public string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] part in (byte[][])[Certificate, Key, Encoding.UTF8.GetBytes(Password ?? "")])
        {
            hash.AppendData(BitConverter.GetBytes(part.Length));
            hash.AppendData(part);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public override string ToString() => nameof(CertificateContent);
}

/// <summary>A certificate's files cannot be used.</summary>
sealed class CertificateUnusableException(CertificateConfiguration certificate, Exception cause)
    : Exception($"certificates.{certificate.Name}: {string.Join(", ", certificate.Files)}: {cause.Message}", cause);
