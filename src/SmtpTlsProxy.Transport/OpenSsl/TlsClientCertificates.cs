namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>How a server asks its clients for a certificate.</summary>
public sealed record TlsClientCertificates
{
    /// <summary>Without a good one the handshake fails; otherwise what was shown is judged and the handshake goes on.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The authorities that clients are told of, and whose certificates are good: PEM; null for none.</summary>
    public byte[]? CaPem { get; init; }

    /// <summary>Decides over what a client shows; <see cref="PeerEvidence.Faults"/> are those of its chain to <see cref="CaPem"/>, for use by a client.</summary>
    public required PeerPolicy Policy { get; init; }
}
