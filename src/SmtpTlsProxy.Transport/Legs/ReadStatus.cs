namespace SmtpTlsProxy.Transport.Legs;

/// <summary>What a read found.</summary>
public enum ReadStatus : byte
{
    /// <summary>Octets were lent.</summary>
    Data,

    /// <summary>Nothing now; the waiter is signalled when something comes.</summary>
    Empty,

    /// <summary>The peer ended in order: FIN in clear, close_notify under TLS.</summary>
    End,

    /// <summary>FIN under TLS without close_notify.</summary>
    Truncated,

    /// <summary>Reset, or a broken TLS record.</summary>
    Lost,
}
