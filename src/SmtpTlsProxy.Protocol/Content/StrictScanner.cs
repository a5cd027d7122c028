namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Content that goes on as it is (<see cref="BareNewlines.Pass"/>), or is read to its end and dropped. Only CRLF "." CRLF ends it (RFC 5321
/// section 4.1.1.4). The one state is *at a line's start*: a CR is not consumed before its next octet is known.
/// </summary>
struct StrictScanner
{
    bool _insideLine;

    public static StrictScanner InsideLine => new() { _insideLine = true };

    public bool SawBare { get; private set; }

    public DataStep Scan(ReadOnlySpan<byte> input)
    {
        for (int at = 0; at < input.Length; at = Suspects.First(input, at + 1))
        {
            SawBare |= IsBare(input, at);
            if (input[at] != '.' || !IsLineStart(input, at))
                continue;
            ReadOnlySpan<byte> line = input[at..];
            if (line.StartsWith(".\r\n"u8))
                return new DataStep { Output = input[..(at + 3)], Consumed = at + 3, EndLine = 3 };
            if (".\r\n"u8.StartsWith(line))
                return Take(input, at);
        }
        return Take(input, input.EndsWith("\r"u8) ? input.Length - 1 : input.Length);
    }

    /// <summary>The octet is an LF without its CR, or stands behind a CR without being its LF.</summary>
    static bool IsBare(ReadOnlySpan<byte> input, int at) => input[at] == '\n' != (at > 0 && input[at - 1] == '\r');

    readonly bool IsLineStart(ReadOnlySpan<byte> input, int at) => at == 0 ? !_insideLine : input[..at].EndsWith("\r\n"u8);

    DataStep Take(ReadOnlySpan<byte> input, int count)
    {
        if (count > 0)
            _insideLine = !input[..count].EndsWith("\r\n"u8);
        return new DataStep { Output = input[..count], Consumed = count, NeedsMore = count < input.Length };
    }
}
