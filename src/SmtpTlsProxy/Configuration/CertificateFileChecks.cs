using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.Configuration;

/// <summary>Certificate files can be read, belong together, and are not about to expire.</summary>
static class CertificateFileChecks
{
    const string Readable = "Write a file that exists and that the proxy's user may read";
    static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static void Check(Validation at)
    {
        foreach (CertificateConfiguration certificate in at.Configuration.Certificates) Check(at, certificate, $"certificates.{certificate.Name}");
    }

    static void Check(Validation at, CertificateConfiguration certificate, string path)
    {
        byte[]? cert = Read(at, $"{path}.certFile", certificate.CertFile);
        byte[]? key = Read(at, $"{path}.keyFile", certificate.KeyFile);
        byte[]? password = certificate.KeyPasswordFile is { } file ? Read(at, $"{path}.keyPasswordFile", file) : [];
        if (cert is null) return;
        using X509Certificate2? loaded = Load(at, $"{path}.certFile", certificate.CertFile, cert);
        if (loaded is null) return;
        CheckExpiry(at, $"{path}.certFile", loaded);
        if (key is not null && password is not null) CheckKey(at, $"{path}.keyFile", certificate, loaded, password);
    }

    static byte[]? Read(Validation at, string path, string file)
    {
        if (file.Length == 0) return null;                            // missing: told already
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            at.Refuse(path, $"{file} cannot be read: {e.Message.TrimEnd('.')}", Readable);
            return null;
        }
    }

    static X509Certificate2? Load(Validation at, string path, string file, byte[] content)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(content);
        }
        catch (CryptographicException)
        {
            at.Refuse(path, $"{file} holds no certificate", "Write a PEM file with the certificate first and its chain behind it");
            return null;
        }
    }

    static void CheckExpiry(Validation at, string path, X509Certificate2 certificate)
    {
        DateTimeOffset end = certificate.NotAfter;
        TimeSpan left = end - at.Machine.Time.GetUtcNow();
        TimeSpan third = (end - certificate.NotBefore) / 3;           // a certificate of six days is renewed when two are left
        string day = $"{end.UtcDateTime:yyyy-MM-dd}";
        if (left <= TimeSpan.Zero) at.Warn(path, $"the certificate expired on {day}", "Renew it: clients that verify refuse it");
        else if (left < (third < Soon ? third : Soon))
            at.Warn(path, $"the certificate expires on {day}, in {left.TotalDays:F0} days", "Renew it; the proxy picks up the new file by itself");
    }

    static void CheckKey(Validation at, string path, CertificateConfiguration files, X509Certificate2 certificate, byte[] password)
    {
        // .NET pairs RSA and EC keys only; the TLS engine has the last word on others.
        if (certificate.GetKeyAlgorithm() is not ("1.2.840.113549.1.1.1" or "1.2.840.10045.2.1")) return;
        try
        {
            using X509Certificate2 pair = Pair(files, password);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            at.Refuse(path, $"{files.KeyFile} is not the key of {files.CertFile}: {e.Message.TrimEnd('.')}", files.KeyPasswordFile is null
                ? "Write the PEM key that belongs to the certificate; for an encrypted key write keyPasswordFile too"
                : "Write the PEM key that belongs to the certificate, and the file with its password");
        }
    }

    static X509Certificate2 Pair(CertificateConfiguration files, byte[] password)
    {
        string cert = PemOf(files.CertFile);
        string key = File.ReadAllText(files.KeyFile);
        if (files.KeyPasswordFile is null) return X509Certificate2.CreateFromPem(cert, key);
        return X509Certificate2.CreateFromEncryptedPem(cert, key, System.Text.Encoding.UTF8.GetString(password).TrimEnd('\r', '\n'));
    }

    static string PemOf(string file)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificateFromFile(file);
        return leaf.ExportCertificatePem();
    }
}
