namespace SmtpTlsProxy.Protocol;

/// <summary>The verbs that the proxy knows; everything else is <see cref="Other"/> and never appears in a log or a label by its own name.</summary>
public enum Verb : byte
{
    /// <summary>A verb outside the table; it is forwarded, but not named (a mistimed password looks like one).</summary>
    Other,

    /// <summary>The upstream's greeting: the first expected reply of a dialogue, asked for by connecting.</summary>
    Greeting,

    /// <summary>RFC 5321 section 4.1.1.1.</summary>
    Ehlo,

    /// <summary>RFC 5321 section 4.1.1.1.</summary>
    Helo,

    /// <summary>RFC 2033: LMTP's EHLO; refused until a listener speaks LMTP.</summary>
    Lhlo,

    /// <summary>RFC 5321 section 4.1.1.2.</summary>
    Mail,

    /// <summary>RFC 5321 section 4.1.1.3.</summary>
    Rcpt,

    /// <summary>RFC 5321 section 4.1.1.4.</summary>
    Data,

    /// <summary>RFC 3030 section 2.</summary>
    Bdat,

    /// <summary>RFC 5321 section 4.1.1.5.</summary>
    Rset,

    /// <summary>RFC 5321 section 4.1.1.9.</summary>
    Noop,

    /// <summary>RFC 5321 section 4.1.1.10.</summary>
    Quit,

    /// <summary>RFC 5321 section 4.1.1.6.</summary>
    Vrfy,

    /// <summary>RFC 5321 section 4.1.1.7.</summary>
    Expn,

    /// <summary>RFC 5321 section 4.1.1.8.</summary>
    Help,

    /// <summary>RFC 4954.</summary>
    Auth,

    /// <summary>RFC 3207.</summary>
    StartTls,

    /// <summary>RFC 1985.</summary>
    Etrn,
}
