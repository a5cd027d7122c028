namespace SmtpTlsProxy.Protocol;

/// <summary>What a v2 header may say of the client's TLS (proxy-protocol.txt section 2.2.6), where TLS stood before the dial.</summary>
public sealed record ProxyTls
{
    /// <summary><c>TLSv1.3</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The cipher suite's name; empty if unknown.</summary>
    public string Cipher { get; init; } = "";

    /// <summary>The server name the client asked for (SNI); null for none.</summary>
    public string? ServerName { get; init; }

    /// <summary>The common name of the client's certificate; null if it showed none.</summary>
    public string? CommonName { get; init; }

    /// <summary>The client showed a certificate and it was verified.</summary>
    public bool IsVerified { get; init; }
}
