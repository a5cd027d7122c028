namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>The protocol versions spoken; the numbers are those of the wire (RFC 5246, RFC 8446). Nothing older is.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2.</summary>
    Tls12 = 0x0303,

    /// <summary>TLS 1.3.</summary>
    Tls13 = 0x0304,
}
