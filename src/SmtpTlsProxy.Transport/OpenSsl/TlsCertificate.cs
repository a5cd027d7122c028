namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A certificate with its chain and key, ready for a server context. Immutable.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="ChainDer">The chain, the leaf first.</param>
/// <param name="KeyPkcs8Der">The leaf's private key: PKCS#8, not encrypted. A secret.</param>
/// <exception cref="TlsException">The leaf is no certificate, or its key is neither EC nor RSA.</exception>
public sealed partial record TlsCertificate(string Name, IReadOnlyList<byte[]> ChainDer, byte[] KeyPkcs8Der)
{
    readonly LeafFacts _leaf = LeafFacts.Of(Name, ChainDer);

    /// <summary>The leaf's DNS names (subject alternative names only, RFC 9525), lower case; wildcards as they are.</summary>
    public IReadOnlyList<string> DnsNames => _leaf.DnsNames;

    /// <summary>When the leaf expires.</summary>
    public DateTimeOffset NotAfter => _leaf.NotAfter;

    /// <summary>What its OCSP responder has said, for handshakes to show.</summary>
    public OcspStaple Staple { get; } = new();

    /// <summary>The leaf's key is RSA, otherwise EC.</summary>
    internal bool IsRsa => _leaf.IsRsa;

    /// <summary>Name and end alone: a key is not printed.</summary>
    public override string ToString() => $"{Name} ({string.Join(' ', DnsNames)}, until {NotAfter:yyyy-MM-dd})";
}
