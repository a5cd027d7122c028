using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A certificate and its key, as files.</summary>
sealed record PemPair(string CertFile, string KeyFile)
{
    public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(CertFile, KeyFile);
}

/// <summary>A throw-away certification authority.</summary>
sealed class TestCa : IDisposable
{
    static readonly TimeSpan s_month = TimeSpan.FromDays(30);
    readonly Scratch _scratch;
    readonly X509Certificate2 _root;

    public TestCa(Scratch scratch, string name = "testca")
    {
        _scratch = scratch;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow - s_month, DateTimeOffset.UtcNow + s_month);
        File = scratch.Write(name + ".crt", _root.ExportCertificatePem() + "\n");
    }

    /// <summary>The authority's own certificate, for those who trust it.</summary>
    public string File { get; }

    /// <summary>Valid for this name, and for what clients on this machine say.</summary>
    public PemPair Issue(string name, bool expired = false, string? ocsp = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        if (ocsp is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([ocsp], null));
        using X509Certificate2 certificate = request.Create(
            _root, DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(expired ? -1 : 20), RandomNumberGenerator.GetBytes(12));
        string file = $"{name}{(expired ? "-expired" : "")}-{Guid.NewGuid():n}";
        string certFile = _scratch.Write(file + ".crt", certificate.ExportCertificatePem() + "\n");
        return new PemPair(certFile, _scratch.Write(file + ".key", key.ExportPkcs8PrivateKeyPem() + "\n"));
    }

    /// <summary>For a client, by this common name.</summary>
    public PemPair IssueForClient(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using X509Certificate2 certificate = request.Create(_root, DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(20), RandomNumberGenerator.GetBytes(12));
        string certFile = _scratch.Write($"client-{name}.crt", certificate.ExportCertificatePem() + "\n");
        return new PemPair(certFile, _scratch.Write($"client-{name}.key", key.ExportPkcs8PrivateKeyPem() + "\n"));
    }

    /// <summary>The authority's own key, for a responder that signs with it.</summary>
    public string WriteKey(string name)
    {
        using ECDsa key = _root.GetECDsaPrivateKey()!;
        return _scratch.Write(name, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public void Dispose() => _root.Dispose();

    static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        return request;
    }
}

/// <summary>Names on the bench: all under .test (RFC 6761).</summary>
static class Names
{
    public const string Proxy = "proxy.test";
    public const string Server = "mail.test";
    public const string Domain = "own.test";
    public const string Foreign = "foreign.test";

    public static string NewRecipient(string domain = Domain) => $"r{Guid.NewGuid():n}@{domain}";
}
