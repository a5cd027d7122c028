using System.Globalization;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What is wrong with a certificate and its chain. What the mode lets pass is a warning.</summary>
static class CertificateFindings
{
    static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static void Find(Findings findings, ProbeReport report)
    {
        if (report.Seen.Handshake is not { Succeeded: true })
            return;
        bool counts = report.Options.MustVerify;
        if (report.Chain is not [var leaf, ..])
        {
            findings.Add(counts, "no_certificate", "It shows no certificate: anybody could be the server", "Give the server a certificate");
            return;
        }
        FindTime(findings, report, leaf, counts);
        FindIssuer(findings, report, leaf, counts);
        if (report.Verification is HandshakeOutcome.Name)
            findings.Add(counts, "certificate_name", $"Its certificate is for another name than {report.ExpectedName}: {Names(leaf)}",
                "Give the server a certificate for that name, or say with --name (in the configuration verify.name) which one is right");
        if (report.Verification is HandshakeOutcome.Revoked)
            findings.Add(counts, "certificate_revoked", "Its certificate was revoked", "Replace it");
        FindWeak(findings, report.Chain, counts);
    }

    static void FindTime(Findings findings, ProbeReport report, CertificateFacts leaf, bool counts)
    {
        foreach (CertificateFacts one in report.Chain)
        {
            if (one.NotAfter < report.Now)
                findings.Add(counts, "certificate_expired", $"{one.Subject} expired on {Day(one.NotAfter)}", "Renew it");
            else if (one.NotBefore > report.Now)
                findings.Add(counts, "certificate_not_yet_valid", $"{one.Subject} is valid from {Day(one.NotBefore)} on only", "Check the clocks, or wait");
        }
        if (leaf.NotAfter >= report.Now && leaf.NotAfter - report.Now < Soon)
            findings.Warn("certificate_expires_soon", $"Its certificate expires on {Day(leaf.NotAfter)}, in {(leaf.NotAfter - report.Now).Days} days", "Renew it");
    }

    static void FindIssuer(Findings findings, ProbeReport report, CertificateFacts leaf, bool counts)
    {
        if (report.Verification is not HandshakeOutcome.Untrusted)
            return;
        CertificateFacts last = report.Chain[^1];
        if (leaf.IsSelfIssued)
            findings.Add(counts, "certificate_self_signed", "Its certificate is self-signed: anybody can make one", "Take one of an authority; or trust just this one, with --ca-file (in the configuration verify.caFile or a pin)");
        else if (report.Chain.Count == 1)
            findings.Add(counts, "missing_intermediate", $"It sends its certificate alone, and who issued that ({leaf.Issuer}) is neither sent nor trusted: an intermediate certificate is missing, or the authority is a private one",
                leaf.NamesItsIssuer ? "Put the intermediate certificate behind the server's own in its chain file" : "Put the intermediate certificate behind the server's own in its chain file, or name the private authority with --ca-file");
        else
            findings.Add(counts, "certificate_untrusted", $"Its chain ends at {last.Subject}, issued by {last.Issuer}, which is not trusted: {report.Reason}",
                "Take a certificate of an authority that is trusted, or name the private one with --ca-file (in the configuration verify.caFile)");
    }

    static void FindWeak(Findings findings, IReadOnlyList<CertificateFacts> chain, bool counts)
    {
        foreach (CertificateFacts one in chain)
        {
            if (one.HasWeakKey)
                findings.Add(counts, "weak_key", $"The key of {one.Subject} is weak: {one.Key}", "Make a new key: EC P-256, or RSA of 2048 bits or more");
            if (one.HasWeakSignature)
                findings.Add(counts, "weak_signature", $"The signature under {one.Subject} is weak: {one.Signature}", "Have it issued anew with SHA-256");
        }
    }

    static string Names(CertificateFacts leaf) => leaf.Names.Count > 0 ? string.Join(", ", leaf.Names.Take(10)) : "it names none";

    static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
