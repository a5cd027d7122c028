namespace SmtpTlsProxy.Protocol;

/// <summary>How a line was found to end.</summary>
public enum LineEnd : byte
{
    /// <summary>Its end is not in yet.</summary>
    NeedsMore,

    /// <summary>CRLF (RFC 5321 section 2.3.8).</summary>
    CrLf,

    /// <summary>An LF without its CR: whether it ends a line is policy (rule 2.9).</summary>
    BareLf,

    /// <summary>The limit was reached first (rules 2.3, 2.10).</summary>
    TooLong,
}
