namespace SmtpTlsProxy.Protocol;

/// <summary>One whole reply, all its lines (RFC 5321 section 4.2).</summary>
public readonly ref struct Reply
{
    /// <summary>The octets as they came, line ends included.</summary>
    public ReadOnlySpan<byte> Octets { get; init; }

    /// <summary>The three digits.</summary>
    public int Code { get; init; }

    /// <summary>Some line ended in a bare LF, which quirk <c>lfReplies</c> bears (rule 2.10).</summary>
    public bool HasBareLf { get; init; }

    /// <summary>2xx.</summary>
    public bool IsPositive => Code is >= 200 and < 300;

    /// <summary>3xx: the server waits for more.</summary>
    public bool IsIntermediate => Code is >= 300 and < 400;

    /// <summary>4xx or 5xx.</summary>
    public bool IsNegative => Code >= 400;
}
