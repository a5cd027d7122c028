using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>
/// How an upstream's certificate is judged, as its <c>verify</c> says. One object decides, with a reason; whoever knows another way to trust a server
/// (DANE, MTA-STS) is another <see cref="PeerPolicy"/> beside it.
/// </summary>
sealed class VerificationPolicy(VerifyConfiguration verify) : PeerPolicy
{
    /// <summary>A pin names the key itself: whose name stands beside it does not matter.</summary>
    public override bool NeedsName => verify.Mode is not VerifyMode.Pin;

    /// <summary><c>none</c> is judged as pkix too: the verdict is recorded, nobody enforces it (rule 4.4).</summary>
    public override Verdict Judge(PeerEvidence evidence) => verify.Mode switch
    {
        VerifyMode.Pin => ByPin(evidence),
        VerifyMode.PinOrPkix => ByPin(evidence) is { IsGood: true } pinned ? pinned : OtherThanPinned(evidence),
        _ => Verdict.Pkix(evidence),
    };

    /// <summary>
    /// A pin takes the place of chain, name and time, as a DANE-EE record does (RFC 7671 section 5.1): the key is the one that the operator has looked at,
    /// whoever signed it and until when.
    /// </summary>
    Verdict ByPin(PeerEvidence evidence)
    {
        CertificatePin certificate = CertificatePin.Digesting(PinOf.Certificate, evidence.Leaf.Span);
        CertificatePin key = CertificatePin.Digesting(PinOf.PublicKey, PublicKeyOf(evidence.Leaf.Span));
        return verify.Pins.FirstOrDefault(pin => pin == certificate || pin == key) is { } matched
            ? new Verdict(HandshakeOutcome.Ok, "pin", $"{matched} is pinned")
            : new Verdict(HandshakeOutcome.Pin, "pin", $"{key} is not pinned, {certificate} neither");
    }

    static Verdict OtherThanPinned(PeerEvidence evidence)
    {
        Verdict pkix = Verdict.Pkix(evidence);
        return pkix.IsGood ? pkix : pkix with { Reason = $"{pkix.Reason}, and it is not pinned" };
    }

    static byte[] PublicKeyOf(ReadOnlySpan<byte> der)
    {
        try
        {
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(der);
            return leaf.PublicKey.ExportSubjectPublicKeyInfo();
        }
        catch (CryptographicException)
        {   // OpenSSL took it and .NET does not: a stranger's, and no pin of ours
            return [];
        }
    }
}
