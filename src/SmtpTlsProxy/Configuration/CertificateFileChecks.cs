using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Configuration;

/// <summary>Certificate files can be read, belong together, and are not about to expire.</summary>
static class CertificateFileChecks
{
    const string Readable = "Write a file that exists and that the proxy's user may read";

    public static void Check(Validation at)
    {
        foreach (CertificateConfiguration certificate in at.Configuration.Certificates) Check(at, certificate, $"certificates.{certificate.Name}");
    }

    static void Check(Validation at, CertificateConfiguration certificate, string path)
    {
        if (certificate.Kind is CertificateKind.Pem) CheckPair(at, certificate, path);
        else if (certificate.Kind is CertificateKind.Pkcs12) CheckPkcs12(at, certificate, path);
    }

    static void CheckPair(Validation at, CertificateConfiguration certificate, string path)
    {
        byte[]? cert = Read(at, $"{path}.certFile", certificate.CertFile);
        byte[]? key = Read(at, $"{path}.keyFile", certificate.KeyFile);
        byte[]? password = certificate.KeyPasswordFile is { } file ? Read(at, $"{path}.keyPasswordFile", file) : [];
        if (cert is null) return;
        using X509Certificate2? loaded = Load(at, $"{path}.certFile", certificate.CertFile, cert);
        if (loaded is null) return;
        CertificateWeaknesses.Check(at, certificate, $"{path}.certFile", [loaded, .. LinksOf(cert)]);
        if (key is not null && password is not null) CheckKey(at, $"{path}.keyFile", certificate, loaded, password);
    }

    static void CheckPkcs12(Validation at, CertificateConfiguration certificate, string path)
    {
        byte[]? content = Read(at, $"{path}.pkcs12File", certificate.Pkcs12File!);
        byte[]? password = certificate.KeyPasswordFile is { } file ? Read(at, $"{path}.keyPasswordFile", file) : [];
        if (content is null || password is null) return;
        try
        {
            TlsCertificate loaded = TlsCertificate.FromPkcs12(certificate.Name, content, certificate.KeyPasswordFile is null ? null : Text(password));
            CertificateWeaknesses.Check(at, certificate, $"{path}.pkcs12File", [.. loaded.ChainDer.Select(link => X509CertificateLoader.LoadCertificate(link))]);
        }
        catch (TlsException unfit)
        {
            at.Refuse($"{path}.pkcs12File", $"{certificate.Pkcs12File}: {unfit.Message}", certificate.KeyPasswordFile is null
                ? "Write a PKCS#12 file with one key and its certificate, and its password in keyPasswordFile"
                : "Write a PKCS#12 file with one key and its certificate, and the file with its password");
        }
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

    // DER holds the leaf alone; what stands damaged behind a leaf the key's check tells.
    static IEnumerable<X509Certificate2> LinksOf(byte[] content)
    {
        try
        {
            X509Certificate2Collection all = [];
            all.ImportFromPem(Text(content));
            return all.Skip(1);
        }
        catch (CryptographicException)
        {
            return [];
        }
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
        return files.KeyPasswordFile is null ? X509Certificate2.CreateFromPem(cert, key) : X509Certificate2.CreateFromEncryptedPem(cert, key, Text(password));
    }

    static string Text(byte[] octets) => System.Text.Encoding.UTF8.GetString(octets).TrimEnd('\r', '\n');

    static string PemOf(string file)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificateFromFile(file);
        return leaf.ExportCertificatePem();
    }
}
