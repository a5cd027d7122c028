using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What a handshake tells of the peer's certificate.</summary>
static class HandshakeFacts
{
    public static IReadOnlyList<CertificateFacts> ChainOf(HandshakeResult? handshake) => CertificateFacts.Of(handshake?.PeerChain ?? []);

    public static HandshakeOutcome VerdictOf(HandshakeResult? handshake) => handshake?.Verification ?? HandshakeOutcome.Untrusted;

    public static string ReasonOf(HandshakeResult? handshake) => handshake?.Verdict?.Reason ?? "no certificate was shown";
}
