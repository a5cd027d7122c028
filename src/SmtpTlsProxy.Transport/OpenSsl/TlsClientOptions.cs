namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What a client context trusts.</summary>
public sealed record TlsClientOptions
{
    /// <summary>The system's own roots are trusted.</summary>
    public bool SystemRoots { get; init; }

    /// <summary>
    /// What is trusted beside the system's roots (if those are): PEM, one or more roots, intermediates or servers' own certificates; null for none.
    /// </summary>
    public byte[]? CaPem { get; init; }

    /// <summary>What is shown to a server that asks for a certificate; null: none.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>For looking at a server, in place of the policy for mail.</summary>
    public Examination Examine { get; init; }

    /// <summary>Versions, suites and groups.</summary>
    public TlsPolicy Policy { get; init; } = TlsPolicy.Default;
}
