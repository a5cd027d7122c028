using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>
/// One reply in the proxy's own words. Every one carries an enhanced status code (RFC 3463) and names no upstream host (rule 1.1).
/// Immutable; made once, never per session.
/// </summary>
public sealed class OwnReply
{
    readonly byte[] _octets;

    /// <param name="code">The three-digit reply code (RFC 5321 section 4.2).</param>
    /// <param name="reason">The <c>reason</c> label of <c>proxy_replies_total</c>: a short word, one of a closed list.</param>
    /// <param name="text">Everything behind the code and its space, without line end; US-ASCII.</param>
    public OwnReply(int code, string reason, string text)
    {
        Code = code;
        Reason = reason;
        _octets = Encoding.ASCII.GetBytes($"{code} {text}\r\n");
    }

    /// <summary>The three-digit reply code.</summary>
    public int Code { get; }

    /// <summary>The metric label.</summary>
    public string Reason { get; }

    /// <summary>The whole reply with its CRLF.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <inheritdoc/>
    public override string ToString() => Encoding.ASCII.GetString(_octets).TrimEnd();
}
