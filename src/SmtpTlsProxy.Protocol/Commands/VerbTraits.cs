namespace SmtpTlsProxy.Protocol;

/// <summary>What the rules ask about a verb, one flag each.</summary>
[Flags]
public enum VerbTraits : byte
{
    /// <summary>A barrier like any command that is not in the table (rule 2.6).</summary>
    None = 0,

    /// <summary>Accepted before TLS stands on a <c>required</c> listener (rule 3.1).</summary>
    BeforeTls = 1,

    /// <summary>Accepted after STARTTLS before EHLO or HELO was answered 2xx (rule 3.4).</summary>
    BeforeHello = 2,

    /// <summary>No barrier where PIPELINING was offered (rule 2.6, RFC 2920 section 3.1, RFC 3030 section 4.2).</summary>
    Pipelinable = 4,

    /// <summary>Content or secrets may wait behind it: looked at before its reply is written (rules 2.6, 2.11).</summary>
    LooksBehind = 8,

    /// <summary>Its refusals are daily life and no sign of a bad client (rule 6.2).</summary>
    MayBeRefused = 16,
}
