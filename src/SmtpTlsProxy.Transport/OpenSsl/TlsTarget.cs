namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Net;

/// <summary>Whom a client-side handshake expects (rules 4.6, 4.8).</summary>
public sealed record TlsTarget
{
    /// <summary>
    /// Which server this is, as the caller names it: sessions are resumed with the same one only, whatever names it shares with others (rule 4.8).
    /// </summary>
    public string? Destination { get; init; }

    /// <summary>SNI: an A-label host name without trailing dot; null for none (never an IP literal, RFC 6066 section 3).</summary>
    public string? ServerName { get; init; }

    /// <summary>The DNS-ID that the certificate must carry (RFC 9525); null when <see cref="VerifyAddress"/> counts, or nothing.</summary>
    public string? VerifyName { get; init; }

    /// <summary>The IP SAN that the certificate must carry; null when a name counts.</summary>
    public IPAddress? VerifyAddress { get; init; }

    /// <summary>Decides over the certificate; null: <see cref="PeerPolicy.Pkix"/>.</summary>
    public PeerPolicy? Policy { get; init; }

    /// <summary>A failed verification fails the handshake; otherwise it is only recorded (RFC 7435).</summary>
    public bool Enforce { get; init; }
}
