namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Finds the end of a reply and holds it to rule 2.10. Remembers the lines it has passed, so that a reply in many pieces is looked at
/// once: give it the same octets again with more behind them. A mutable struct.
/// </summary>
public struct ReplyScanner(bool lfEnds)
{
    /// <summary>The longest reply line with its end (rule 2.10; RFC 5321 section 4.5.3.1.5 knows 512).</summary>
    public const int MaxLine = 4096;

    /// <summary>The longest 334 line: it carries a SASL challenge (RFC 4954 section 4).</summary>
    public const int MaxChallenge = 12290;

    /// <summary>The longest reply.</summary>
    public const int MaxReply = 64 * 1024;

    readonly bool _lfEnds = lfEnds;
    int _passed, _code;
    bool _sawBareLf;

    /// <summary>Scans the run of octets for the reply at its start.</summary>
    public ReplyState Scan(ReadOnlySpan<byte> input, out Reply reply)
    {
        reply = default;
        while (true)
        {
            ReadOnlySpan<byte> rest = input[_passed..];
            if (!IsHead(rest))
                return ReplyState.Malformed;
            Line line = LineScanner.Scan(rest, rest.StartsWith("334"u8) ? MaxChallenge : MaxLine);
            if (line.End == LineEnd.NeedsMore && input.Length < MaxReply)
                return ReplyState.NeedsMore;
            if (!IsSound(line) || _passed + line.Length > MaxReply)
                return ReplyState.Malformed;
            Pass(line);
            if (line.Text.Length == 3 || line.Text[3] == ' ')
                return Finish(input, out reply);
        }
    }

    /// <summary>As much of a line's head as is in: code, the same on all lines, then SP, hyphen or the line end.</summary>
    readonly bool IsHead(ReadOnlySpan<byte> line)
    {
        int known = Math.Min(line.Length, 4);
        for (int at = 0; at < known; at++)
        {
            if (!IsHeadOctet(at, line[at]))
                return false;
        }
        return known < 3 || _code == 0 || CodeOf(line) == _code;
    }

    readonly bool IsHeadOctet(int at, byte octet) => at switch
    {
        0 => octet is >= (byte)'2' and <= (byte)'5',
        1 => octet is >= (byte)'0' and <= (byte)'5',
        2 => octet is >= (byte)'0' and <= (byte)'9',
        _ => octet is (byte)' ' or (byte)'-' or (byte)'\r' || (octet == '\n' && _lfEnds),
    };

    readonly bool IsSound(Line line) =>
        (line.End == LineEnd.CrLf || (line.End == LineEnd.BareLf && _lfEnds)) && !line.Text.ContainsAny((byte)0, (byte)'\r');

    void Pass(Line line)
    {
        _code = CodeOf(line.Text);
        _sawBareLf |= line.End == LineEnd.BareLf;
        _passed += line.Length;
    }

    ReplyState Finish(ReadOnlySpan<byte> input, out Reply reply)
    {
        reply = new Reply { Octets = input[.._passed], Code = _code, HasBareLf = _sawBareLf };
        (_passed, _code, _sawBareLf) = (0, 0, false);
        return ReplyState.Complete;
    }

    static int CodeOf(ReadOnlySpan<byte> line) => ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + line[2] - '0';
}
