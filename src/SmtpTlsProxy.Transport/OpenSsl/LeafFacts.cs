namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

/// <summary>What a leaf says about itself, read once.</summary>
sealed record LeafFacts(IReadOnlyList<string> DnsNames, DateTimeOffset NotAfter, bool IsRsa)
{
    const string EcPublicKey = "1.2.840.10045.2.1";
    const string RsaPublicKey = "1.2.840.113549.1.1.1";

    internal static LeafFacts Of(string name, IReadOnlyList<byte[]> chainDer)
    {
        if (chainDer.Count == 0)
            throw new TlsException($"certificate {name}: no certificate");
        try
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(chainDer[0]);
            return new LeafFacts(NamesOf(leaf), new DateTimeOffset(leaf.NotAfter).ToUniversalTime(), IsRsaKey(name, leaf));
        }
        catch (CryptographicException unreadable)
        {
            throw new TlsException($"certificate {name}: it cannot be read ({unreadable.Message})", unreadable);
        }
    }

    internal static bool IsRsaKey(string name, X509Certificate2 leaf) => leaf.PublicKey.Oid.Value switch
    {
        RsaPublicKey => true,
        EcPublicKey => false,
        string other => throw new TlsException($"certificate {name}: its key is neither EC nor RSA ({other})"),
        null => throw new TlsException($"certificate {name}: its key is of no known kind"),
    };

    static string[] NamesOf(X509Certificate2 leaf) =>
    [
        .. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames())
            .Select(name => name.ToLowerInvariant()),
    ];
}
