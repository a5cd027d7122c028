using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What a certificate says of itself.</summary>
sealed record CertificateFacts
{
    /// <summary>What authorities may not sign any more (CA/Browser Forum), and OpenSSL's level 2 does not take: 112 bits.</summary>
    const int WeakRsa = 2048;
    const int WeakEc = 224;

    const string IssuersUrl = "1.3.6.1.5.5.7.48.2";

    public required string Subject { get; init; }
    public required string Issuer { get; init; }
    public required DateTimeOffset NotBefore { get; init; }
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The names and addresses that it is for (its SAN; the CN never counts, RFC 9525).</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>RSA, EC, or the algorithm's own name.</summary>
    public required string KeyKind { get; init; }

    /// <summary>Null where the length says nothing.</summary>
    public required int? KeyBits { get; init; }

    public required string Signature { get; init; }
    public required string Sha256 { get; init; }
    public required string SpkiSha256 { get; init; }

    /// <summary>Issued by itself.</summary>
    public required bool IsSelfIssued { get; init; }

    /// <summary>It says where its issuer's certificate can be had: public authorities' leafs do, their roots do not.</summary>
    public required bool NamesItsIssuer { get; init; }

    public bool HasWeakKey => (KeyKind, KeyBits) switch
    {
        ("RSA" or "DSA", < WeakRsa) => true,
        ("EC", < WeakEc) => true,
        _ => false,
    };

    /// <summary>A root's own signature proves nothing to begin with.</summary>
    public bool HasWeakSignature => !IsSelfIssued && (Signature.Contains("sha1", StringComparison.OrdinalIgnoreCase) || Signature.Contains("md5", StringComparison.OrdinalIgnoreCase));

    /// <summary>A chain as it was sent; what .NET cannot read is left out.</summary>
    public static IReadOnlyList<CertificateFacts> Of(IEnumerable<ReadOnlyMemory<byte>> chain) => [.. chain.Select(der => Read(der.Span)).OfType<CertificateFacts>()];

    static CertificateFacts? Read(ReadOnlySpan<byte> der)
    {
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
            (string kind, int? bits) = KeyOf(certificate);
            return new CertificateFacts
            {
                Subject = Printable.Of(certificate.Subject),
                Issuer = Printable.Of(certificate.Issuer),
                NotBefore = new DateTimeOffset(certificate.NotBefore).ToUniversalTime(),
                NotAfter = new DateTimeOffset(certificate.NotAfter).ToUniversalTime(),
                Names = [.. NamesOf(certificate)],
                KeyKind = kind,
                KeyBits = bits,
                Signature = certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "unknown",
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(der)),
                SpkiSha256 = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())),
                IsSelfIssued = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData),
                NamesItsIssuer = certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>().Any(access => access.EnumerateUris(IssuersUrl).Any()),
            };
        }
        catch (CryptographicException)
        {   // OpenSSL took it and .NET does not: the verdict stands without it
            return null;
        }
    }

    static IEnumerable<string> NamesOf(X509Certificate2 certificate) => certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
        .Take(100).Select(Printable.Of);

    static (string Kind, int? Bits) KeyOf(X509Certificate2 certificate)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        using ECDsa? ec = rsa is null ? certificate.GetECDsaPublicKey() : null;
        if (rsa is not null)
            return ("RSA", rsa.KeySize);
        return ec is not null ? ("EC", ec.KeySize) : (certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown", null);
    }

    public string Key => KeyBits is { } bits ? string.Create(CultureInfo.InvariantCulture, $"{KeyKind} {bits}") : KeyKind;
}
