namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

public sealed partial record TlsCertificate
{
    /// <summary>Reads PKCS#12: the one certificate with a key, and behind it what of the others leads to its issuers, in whatever order they stand there.</summary>
    /// <exception cref="TlsException">It cannot be read, or it is not one key with its certificate; the message says what.</exception>
    public static TlsCertificate FromPkcs12(string name, ReadOnlySpan<byte> file, string? password)
    {
        X509Certificate2Collection all = [];
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(file, password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
            X509Certificate2[] withKey = [.. all.Where(one => one.HasPrivateKey)];
            if (withKey.Length != 1)
                throw new TlsException($"certificate {name}: the PKCS#12 file holds {(withKey.Length == 0 ? "no private key" : "several private keys")}");
            return new TlsCertificate(name, [.. ChainOf(withKey[0], all).Select(link => link.RawData)], KeyOf(name, withKey[0]));
        }
        catch (CryptographicException unreadable)
        {
            throw new TlsException($"certificate {name}: the PKCS#12 file cannot be read (wrong password, or damaged)", unreadable);
        }
        finally
        {
            foreach (X509Certificate2 one in all)
                one.Dispose();
        }
    }

    /// <summary>A certificate that its own key has signed, made here: EC, for the names; the first is its subject.</summary>
    public static TlsCertificate SelfSigned(string name, IReadOnlyList<string> dnsNames, DateTimeOffset from, DateTimeOffset until)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(dnsNames[0].Length <= MaxCommonName ? dnsNames[0] : name);
        CertificateRequest request = new(subject.Build(), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (string one in dnsNames)
            names.AddDnsName(one);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using X509Certificate2 signed = request.CreateSelfSigned(from, until);
        return new TlsCertificate(name, [signed.RawData], key.ExportPkcs8PrivateKey());
    }

    // RFC 5280 appendix A: ub-common-name
    const int MaxCommonName = 64;

    // A root that stands there too is not sent: who trusts it has it.
    static IEnumerable<X509Certificate2> ChainOf(X509Certificate2 leaf, X509Certificate2Collection all)
    {
        yield return leaf;
        HashSet<X509Certificate2> left = [.. all.Where(one => one != leaf && !IsSelfIssued(one))];
        for (X509Certificate2? link = IssuerOf(leaf, left); link is not null; link = IssuerOf(link, left))
        {
            left.Remove(link);
            yield return link;
        }
    }

    static X509Certificate2? IssuerOf(X509Certificate2 certificate, IEnumerable<X509Certificate2> among) =>
        among.FirstOrDefault(one => one.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData));

    static bool IsSelfIssued(X509Certificate2 one) => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData);

    static byte[] KeyOf(string name, X509Certificate2 leaf)
    {
        using AsymmetricAlgorithm? key = LeafFacts.IsRsaKey(name, leaf) ? leaf.GetRSAPrivateKey() : leaf.GetECDsaPrivateKey();
        return key?.ExportPkcs8PrivateKey() ?? throw new TlsException($"certificate {name}: the key in the PKCS#12 file does not fit");
    }
}
