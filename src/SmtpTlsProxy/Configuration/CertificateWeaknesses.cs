using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>What is allowed in a certificate, and makes clients that verify turn away.</summary>
static class CertificateWeaknesses
{
    const int LeastRsaBits = 2048;
    const string Sha1WithRsa = "1.2.840.113549.1.1.5";
    const string Sha1WithEcdsa = "1.2.840.10045.4.1";
    const string TlsFeature = "1.3.6.1.5.5.7.1.24";

    static readonly TimeSpan _soon = TimeSpan.FromDays(14);

    /// <summary>Looks at what is shown, the leaf first.</summary>
    public static void Check(Validation at, CertificateConfiguration certificate, string path, IReadOnlyList<X509Certificate2> chain)
    {
        CheckExpiry(at, path, chain[0]);
        CheckStrength(at, path, chain);
        CheckChain(at, path, chain);
        CheckStapling(at, certificate, path, chain);
        CheckNames(at, certificate, path, chain[0]);
    }

    static void CheckExpiry(Validation at, string path, X509Certificate2 certificate)
    {
        DateTimeOffset end = certificate.NotAfter;
        TimeSpan left = end - at.Machine.Time.GetUtcNow();
        TimeSpan third = (end - certificate.NotBefore) / 3;           // a certificate of six days is renewed when two are left
        string day = $"{end.UtcDateTime:yyyy-MM-dd}";
        if (left <= TimeSpan.Zero) at.Warn(path, $"the certificate expired on {day}", "Renew it: clients that verify refuse it");
        else if (left < (third < _soon ? third : _soon))
            at.Warn(path, $"the certificate expires on {day}, in {left.TotalDays:F0} days", "Renew it; the proxy picks up the new file by itself");
    }

    static void CheckStrength(Validation at, string path, IReadOnlyList<X509Certificate2> chain)
    {
        foreach (X509Certificate2 link in chain)
        {
            using RSA? rsa = link.GetRSAPublicKey();
            if (rsa is { KeySize: < LeastRsaBits })
                at.Warn(path, $"{link.Subject} has an RSA key of {rsa.KeySize} bits: OpenSSL's default and most clients refuse it", $"Make a new key: EC, or RSA of {LeastRsaBits} bits or more");
            if (!IsSelfIssued(link) && link.SignatureAlgorithm.Value is Sha1WithRsa or Sha1WithEcdsa)
                at.Warn(path, $"{link.Subject} is signed with SHA-1: clients that verify refuse it", "Have it signed anew, with SHA-256");
        }
    }

    // The leaf's issuer must be there, unless it is a root: clients have roots, and nobody has intermediates.
    static void CheckChain(Validation at, string path, IReadOnlyList<X509Certificate2> chain)
    {
        for (int link = 0; link + 1 < chain.Count; link++)
            if (!chain[link].IssuerName.RawData.AsSpan().SequenceEqual(chain[link + 1].SubjectName.RawData))
            {
                at.Warn(path, $"behind {chain[link].Subject} stands {chain[link + 1].Subject}, which has not issued it", "Write the leaf first and behind each certificate its issuer");
                return;
            }
        if (chain.Count == 1 && !IsSelfIssued(chain[0]) && IsIssuedByIntermediate(chain[0]))
            at.Warn(path, $"the chain is missing: {chain[0].Issuer} has issued it and is no root of this system", "Append the intermediate certificates to the file (certbot calls it fullchain.pem)");
    }

    // Nothing is fetched: a root that this system does not know may be a private one, and is told all the same.
    static bool IsIssuedByIntermediate(X509Certificate2 leaf)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.Build(leaf);
        return chain.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.PartialChain));
    }

    static void CheckStapling(Validation at, CertificateConfiguration certificate, string path, IReadOnlyList<X509Certificate2> chain)
    {
        bool mustStaple = chain[0].Extensions.Any(extension => extension.Oid?.Value == TlsFeature);
        bool hasResponder = chain[0].Extensions.OfType<X509AuthorityInformationAccessExtension>().Any(access => access.EnumerateOcspUris().Any());
        if (mustStaple && certificate.Ocsp is Ocsp.Disabled)
            at.Warn(path, "the certificate says that it is shown with a stapled OCSP answer only (must-staple), and none is stapled", $"Write certificates.{certificate.Name}.ocsp: staple");
        if (certificate.Ocsp is Ocsp.Staple && !hasResponder)
            at.Warn($"certificates.{certificate.Name}.ocsp", "the certificate names no OCSP responder: nothing will be stapled", "Write ocsp: disabled");
        else if (certificate.Ocsp is Ocsp.Staple && chain.Count == 1 && !IsSelfIssued(chain[0]))
            at.Warn($"certificates.{certificate.Name}.ocsp", "the issuer is not in the file, so no OCSP answer can be checked: nothing will be stapled", "Append the chain to the file");
    }

    static void CheckNames(Validation at, CertificateConfiguration certificate, string path, X509Certificate2 leaf)
    {
        string[] names = [.. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames())];
        bool isShown = at.Configuration.Listeners.Any(listener => listener.Tls is not TlsMode.None && (listener.Certificates.Count == 0 || listener.Certificates.Contains(certificate.Name)));
        if (!isShown) return;
        foreach (ListenerConfiguration strict in at.Configuration.Listeners.Where(listener => listener.StrictSni && names.Length == 0 && listener.Certificates is [var only] && only == certificate.Name))
            at.Warn($"listeners.{strict.Name}.strictSni", "its certificate has no DNS name: every client that asks for one is refused", "Write strictSni: false, or a certificate with names");
        if (names.Length == 0)
            at.Warn(path, "the certificate has no DNS name (subject alternative name): nobody who verifies takes it, whatever its common name", "Have one issued with the names that clients connect to");
        else if (at.Configuration.Hostname is { } hostname && at.Settings.IsWritten("hostname") && at.Configuration.Certificates.Count == 1 && !names.Any(name => Covers(name, hostname)))
            at.Warn(path, $"the certificate is for {string.Join(", ", names.Take(5))}, and hostname is {hostname}", "Have the hostname added to the certificate, or change hostname");
    }

    // A wildcard is the whole leftmost label (RFC 9525 section 6.3).
    static bool Covers(string name, string host) => name.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && host[dot..].Equals(name[1..], StringComparison.OrdinalIgnoreCase));

    static bool IsSelfIssued(X509Certificate2 one) => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData);
}
