namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>The protocol versions spoken; the numbers are those of the wire (RFC 2246, RFC 4346, RFC 5246, RFC 8446). Nothing older is.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.0, with <see cref="TlsProfile.Legacy"/> only (RFC 8996 has ended it).</summary>
    Tls10 = 0x0301,

    /// <summary>TLS 1.1, with <see cref="TlsProfile.Legacy"/> only (RFC 8996 has ended it).</summary>
    Tls11 = 0x0302,

    /// <summary>TLS 1.2.</summary>
    Tls12 = 0x0303,

    /// <summary>TLS 1.3.</summary>
    Tls13 = 0x0304,
}
