namespace SmtpTlsProxy.Protocol;

/// <summary>What the proxy can carry, and may, at the moment of one EHLO (rule 1.3).</summary>
/// <param name="OfferStartTls">The client leg is in the clear and the listener offers STARTTLS.</param>
/// <param name="AuthAllowed">AUTH may pass on the client leg and on the upstream leg.</param>
/// <param name="BothLegsTlsAndVerified">Both legs are TLS and the upstream's certificate was verified (RFC 8689).</param>
/// <param name="MaxMessageSize">Lowers SIZE; null for the server's own. Octets.</param>
/// <param name="HideChunking">CHUNKING and BINARYMIME are not offered: a chunk would be the way round <see cref="BareNewlines.Reject"/>.</param>
public readonly record struct EhloPolicy(bool OfferStartTls, bool AuthAllowed, bool BothLegsTlsAndVerified, long? MaxMessageSize, bool HideChunking);
