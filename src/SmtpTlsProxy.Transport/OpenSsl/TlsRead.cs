namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What a read found inside TLS.</summary>
public enum TlsRead : byte
{
    /// <summary>Octets.</summary>
    Data,

    /// <summary>Nothing now.</summary>
    Empty,

    /// <summary>The peer's close_notify.</summary>
    End,

    /// <summary>The peer's FIN without close_notify.</summary>
    Truncated,

    /// <summary>Reset, a broken record or an alert.</summary>
    Lost,
}
