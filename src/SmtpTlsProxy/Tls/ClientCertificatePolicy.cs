using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>
/// Which clients' certificates are good: issued by <c>caFile</c> where it is written, and, where subjects or pins are, one of those. A pin without an
/// authority stands for chain and time, as upstream.
/// </summary>
sealed class ClientCertificatePolicy(ClientCertificateConfiguration asked) : PeerPolicy
{
    const string Rule = "clientCertificates";

    /// <summary>Clients have no name that we know beforehand.</summary>
    public override bool NeedsName => false;

    public override Verdict Judge(PeerEvidence evidence)
    {
        if (asked.CaFile is not null && evidence.First is not HandshakeOutcome.Ok)
            return new Verdict(evidence.First, Rule, evidence.Detail);
        if (asked.Pins.Count == 0 && asked.Subjects.Count == 0)
            return new Verdict(HandshakeOutcome.Ok, Rule, "its authority is trusted");
        return ByPin(evidence.Leaf.Span) ?? BySubject(evidence.Leaf.Span) ?? None(evidence.Leaf.Span);
    }

    Verdict? ByPin(ReadOnlySpan<byte> leaf)
    {
        if (asked.Pins.Count == 0)
            return null;
        CertificatePin certificate = CertificatePin.Digesting(PinOf.Certificate, leaf), key = KeyOf(leaf);
        return asked.Pins.FirstOrDefault(pin => pin == certificate || pin == key) is { } matched ? new Verdict(HandshakeOutcome.Ok, Rule, $"{matched} is pinned") : null;
    }

    Verdict? BySubject(ReadOnlySpan<byte> leaf) => asked.Subjects.Count > 0 && PeerNames.Of(leaf).All.Any(name => asked.Subjects.Contains(name, StringComparer.OrdinalIgnoreCase))
        ? new Verdict(HandshakeOutcome.Ok, Rule, "its authority is trusted and its subject is listed")
        : null;

    Verdict None(ReadOnlySpan<byte> leaf) => asked.Subjects.Count > 0
        ? new Verdict(HandshakeOutcome.Name, Rule, "its authority is trusted, and none of its names is listed")
        : new Verdict(HandshakeOutcome.Pin, Rule, $"{KeyOf(leaf)} is not pinned");

    static CertificatePin KeyOf(ReadOnlySpan<byte> der)
    {
        try
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(der);
            return CertificatePin.Digesting(PinOf.PublicKey, leaf.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {   // OpenSSL took it and .NET does not: a stranger's, and no pin of ours
            return CertificatePin.Digesting(PinOf.PublicKey, []);
        }
    }
}
