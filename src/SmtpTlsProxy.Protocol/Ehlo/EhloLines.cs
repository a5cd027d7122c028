namespace SmtpTlsProxy.Protocol;

/// <summary>
/// The lines of an EHLO answer, each as the text behind code and separator, without line end. The first is the server's name, never a
/// capability (RFC 5321 section 4.1.1.1).
/// </summary>
public ref struct EhloLines(ReadOnlySpan<byte> reply)
{
    const int CodeAndSeparator = 4;

    ReadOnlySpan<byte> _rest = reply;

    /// <summary>The text of the line.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly EhloLines GetEnumerator() => this;

    /// <summary>Steps to the next line.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
            return false;
        int end = _rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? [] : _rest[(end + 1)..];
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        Current = line.Length > CodeAndSeparator ? line[CodeAndSeparator..] : [];
        return true;
    }

    /// <summary>Looks for a capability; its parameters are what stands behind the keyword, without blanks around.</summary>
    public static bool TryFind(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> keyword, out ReadOnlySpan<byte> parameters)
    {
        EhloLines lines = new(reply);
        lines.MoveNext();
        while (lines.MoveNext())
        {
            EhloCapability capability = new(lines.Current);
            if (!capability.Is(keyword))
                continue;
            parameters = capability.Parameters;
            return true;
        }
        parameters = [];
        return false;
    }
}
