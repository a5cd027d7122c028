namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>How a handshake ended: the <c>result</c> label of the handshake counters.</summary>
public enum HandshakeOutcome : byte
{
    /// <summary>TLS stands (and the peer was verified, where that was asked for).</summary>
    Ok,

    /// <summary>The peer's chain leads to no trusted root.</summary>
    Untrusted,

    /// <summary>A certificate of the chain is expired or not yet valid.</summary>
    Expired,

    /// <summary>The certificate is for another name.</summary>
    Name,

    /// <summary>The key is not a pinned one.</summary>
    Pin,

    /// <summary>The certificate was revoked.</summary>
    Revoked,

    /// <summary>The time limit passed.</summary>
    Timeout,

    /// <summary>The peer left in the middle.</summary>
    Closed,

    /// <summary>No common version or cipher, bad records, an alert, ALPN.</summary>
    Protocol,
}

/// <summary>What is known after a handshake, whether it succeeded or not. Made once a handshake.</summary>
public sealed record HandshakeResult
{
    /// <summary>How it ended.</summary>
    public required HandshakeOutcome Outcome { get; init; }

    /// <summary>TLS stands.</summary>
    public bool Succeeded => Outcome == HandshakeOutcome.Ok;

    /// <summary>What the policy decided over the peer's certificate, also where it is only recorded; null where none was shown or asked for.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The verdict's word: <see cref="HandshakeOutcome.Ok"/> means that the certificate is good by the policy that holds.</summary>
    public HandshakeOutcome Verification => Verdict?.Result ?? HandshakeOutcome.Untrusted;

    /// <summary>The peer's certificate was asked for and is good.</summary>
    public bool IsVerified { get; init; }

    /// <summary><c>TLSv1.2</c>, <c>TLSv1.3</c>; empty when TLS does not stand.</summary>
    public string Version { get; init; } = "";

    /// <summary>The cipher suite's IANA name; empty when TLS does not stand.</summary>
    public string Cipher { get; init; } = "";

    /// <summary>The key exchange group, as <c>x25519</c>; empty if unknown.</summary>
    public string Group { get; init; } = "";

    /// <summary>A session was resumed.</summary>
    public bool Resumed { get; init; }

    /// <summary>The server name that the client asked for (SNI); null for none.</summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// The client offered protocols (ALPN), and neither <c>smtp</c> nor <c>esmtp</c> was among them (rule 3.6); refused or, where that is only reported, gone
    /// on with.
    /// </summary>
    public bool ForeignAlpn { get; init; }

    /// <summary>It ended before the peer had said an octet: a check that only connects is no failed handshake.</summary>
    public bool PeerWasSilent { get; init; }

    /// <summary>The peer's leaf certificate (DER); null if it showed none or a session was resumed without it.</summary>
    public ReadOnlyMemory<byte>? PeerCertificate { get; init; }

    /// <summary>A client whose certificate is good, by its common name, else its first alternative name; null for any other.</summary>
    public string? PeerName { get; init; }

    /// <summary>What the peer sent in the full handshake, its leaf first (DER), also where that failed; empty where nothing was shown or asked for.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> PeerChain { get; init; } = [];

    /// <summary>OpenSSL's own words on a failure, for the log; never shown to a peer. Empty on success.</summary>
    public string Detail { get; init; } = "";

    /// <summary>From the call to the end.</summary>
    public TimeSpan Duration { get; init; }
}
