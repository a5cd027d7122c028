namespace SmtpTlsProxy.Tests.Shared;

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A small authority: a root, an intermediate below it, and what they sign. A second instance is the wrong issuer.</summary>
public sealed class TestCertificates
{
    static readonly DateTimeOffset s_start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset s_end = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static int s_serial;

    readonly X509Certificate2 _root;
    readonly X509Certificate2 _intermediate;

    public TestCertificates(string name = "Test Root")
    {
        _root = SignAuthority(null, name);
        _intermediate = SignAuthority(_root, name + " Intermediate");
    }

    /// <summary>One for all tests; making it costs a few milliseconds.</summary>
    public static TestCertificates Shared { get; } = new();

    /// <summary>The root, PEM.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>The root as a client context takes it.</summary>
    public byte[] CaPem => Encoding.ASCII.GetBytes(RootPem);

    /// <summary>A certificate in order, for the names.</summary>
    public TlsCertificate For(params string[] names) => Make(new TestLeaf { Names = names });

    /// <summary>A certificate that nobody but its own key has signed.</summary>
    public static TlsCertificate SelfSigned(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        AddNames(request, new TestLeaf { Names = [name] });
        using X509Certificate2 signed = request.CreateSelfSigned(s_start, s_end);
        return TlsCertificate.FromPem(name, signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public TlsCertificate Make(TestLeaf leaf)
    {
        (string certificate, string key) = MakePem(leaf);
        return TlsCertificate.FromPem(leaf.Names.Length == 0 ? "unnamed" : leaf.Names[0], certificate, key);
    }

    public (string Certificate, string Key) MakePem(TestLeaf leaf)
    {
        using AsymmetricAlgorithm key = leaf.IsRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(leaf.CommonName, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(leaf.IsClient ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], false));
        AddNames(request, leaf);
        if (leaf.Responder is { } responder)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([responder], null));
        X509Certificate2 issuer = leaf.BelowIntermediate ? _intermediate : _root;
        using X509Certificate2 signed = Sign(request, issuer, leaf.NotBefore ?? s_start, leaf.NotAfter ?? s_end);
        string chain = leaf is { BelowIntermediate: true, WithoutChain: false } ? _intermediate.ExportCertificatePem() + "\n" : "";
        return (signed.ExportCertificatePem() + "\n" + chain, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>What an OCSP responder says of a certificate below the intermediate, signed by that.</summary>
    public byte[] OcspAnswer(TlsCertificate certificate, TestOcsp answer) => answer.Signed(certificate.ChainDer[0], _intermediate);

    static X509Certificate2 SignAuthority(X509Certificate2? issuer, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        if (issuer is null)
            return request.CreateSelfSigned(s_start, s_end);
        using X509Certificate2 signed = Sign(request, issuer, s_start, s_end);
        return signed.CopyWithPrivateKey(key);
    }

    static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, DateTimeOffset start, DateTimeOffset end)
    {
        using ECDsa key = issuer.GetECDsaPrivateKey()!;
        byte[] serial = [1, .. BitConverter.GetBytes(Interlocked.Increment(ref s_serial))];
        return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(key), start, end, serial);
    }

    static CertificateRequest Request(string name, AsymmetricAlgorithm key) => key is RSA rsa
        ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : new CertificateRequest($"CN={name}", (ECDsa)key, HashAlgorithmName.SHA256);

    static void AddNames(CertificateRequest request, TestLeaf leaf)
    {
        if (leaf.Names.Length + leaf.Addresses.Length == 0)
            return;
        SubjectAlternativeNameBuilder names = new();
        foreach (string name in leaf.Names)
            names.AddDnsName(name);
        foreach (IPAddress address in leaf.Addresses)
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
    }
}

/// <summary>What a leaf should be like.</summary>
public sealed record TestLeaf
{
    public string CommonName { get; init; } = "Test Leaf";

    public string[] Names { get; init; } = [];

    public IPAddress[] Addresses { get; init; } = [];

    public bool IsRsa { get; init; }

    /// <summary>For clients alone, not for servers.</summary>
    public bool IsClient { get; init; }

    /// <summary>Where its OCSP responder is.</summary>
    public string? Responder { get; init; }

    public bool BelowIntermediate { get; init; }

    public bool WithoutChain { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }
}
