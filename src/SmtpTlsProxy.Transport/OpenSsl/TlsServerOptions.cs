namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What a server context is made of.</summary>
public sealed record TlsServerOptions
{
    /// <summary>
    /// At least one. The first is shown where the client names none of them; otherwise the name (SNI) chooses, exact before wildcard.
    /// An EC and an RSA certificate for one name stand side by side, the client's signature algorithms choose.
    /// </summary>
    public required IReadOnlyList<TlsCertificate> Certificates { get; init; }

    /// <summary>A client that asks for a name (SNI) that no certificate has gets <c>unrecognized_name</c>; one that asks for none is shown the first.</summary>
    public bool StrictNames { get; init; }

    /// <summary>How clients are asked for a certificate; null: they are not.</summary>
    public TlsClientCertificates? ClientCertificates { get; init; }

    /// <summary>The keys of tickets, and whose they are; null: they begin and end with the context, and no other resumes its sessions.</summary>
    public TlsTickets? Tickets { get; init; }

    /// <summary>Versions, suites and groups.</summary>
    public TlsPolicy Policy { get; init; } = TlsPolicy.Default;

    /// <summary>A client that offers protocols without <c>smtp</c> or <c>esmtp</c> is refused (rule 3.6); otherwise it is only recorded.</summary>
    public bool EnforceAlpn { get; init; } = true;
}
