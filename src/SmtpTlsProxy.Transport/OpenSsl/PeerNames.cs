namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

/// <summary>Whom a certificate names. Its own words: worth what its verdict is worth.</summary>
/// <param name="CommonName">The subject's most specific common name; null if it has none.</param>
/// <param name="AlternativeNames">DNS names and mail addresses (subject alternative names), as they stand.</param>
public sealed record PeerNames(string? CommonName, IReadOnlyList<string> AlternativeNames)
{
    const string CommonNameId = "2.5.4.3";

    /// <summary>The one to call it by: the common name, else the first alternative name; null for none.</summary>
    public string? First => CommonName ?? (AlternativeNames.Count > 0 ? AlternativeNames[0] : null);

    /// <summary>All of them.</summary>
    public IEnumerable<string> All => CommonName is null ? AlternativeNames : AlternativeNames.Prepend(CommonName);

    /// <summary>Those of a certificate (DER); none of one that .NET cannot read.</summary>
    public static PeerNames Of(ReadOnlySpan<byte> der)
    {
        try
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(der);
            return new PeerNames(CommonNameOf(leaf.SubjectName), [.. AlternativeNamesOf(leaf)]);
        }
        catch (CryptographicException)
        {   // a stranger's, that OpenSSL can read and .NET cannot
            return new PeerNames(null, []);
        }
    }

    static string? CommonNameOf(X500DistinguishedName subject)
    {
        string? name = subject.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameId)
            .Select(part => part.GetSingleElementValue()).LastOrDefault();
        return string.IsNullOrEmpty(name) ? null : name;
    }

    // .NET enumerates DNS names; mail addresses it only tells as the first one.
    static IEnumerable<string> AlternativeNamesOf(X509Certificate2 leaf)
    {
        foreach (string name in leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()))
            yield return name;
        if (leaf.GetNameInfo(X509NameType.EmailName, forIssuer: false) is { Length: > 0 } mail)
            yield return mail;
    }
}
