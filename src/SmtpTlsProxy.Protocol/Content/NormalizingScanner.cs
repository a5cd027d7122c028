namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Content in which no server, however lenient, sees an end of data that the client did not send (rule 5.2). A bare LF becomes CRLF and a
/// stray CR a space, or the message is refused at the first of either; a dot line that some server might take for the end gets a second dot.
/// </summary>
struct NormalizingScanner(BareNewlines mode)
{
    /// <summary>How many blanks put there by us may wait, behind a lone dot, for their line's end.</summary>
    const int MaxHeld = 1024;

    readonly BareNewlines _mode = mode;
    Place _place;

    /// <summary>Where in a line the next octet stands.</summary>
    enum Place : byte
    {
        /// <summary>At a line's start, behind CRLF: here alone a dot line can be the client's end.</summary>
        BehindCrlf,

        /// <summary>At a line's start, behind a bare LF.</summary>
        BehindLf,

        /// <summary>Behind nothing but blanks put there by us and NULs, which a server may skip: a dot is still first.</summary>
        BehindNothing,

        Inside,
    }

    public bool SawBare { get; private set; }

    public DataStep Scan(ReadOnlySpan<byte> input)
    {
        int at = 0;
        while (at < input.Length)
        {
            switch (input[at])
            {
                case (byte)'\n':
                    return Bare(input, at, "\r\n"u8, Place.BehindLf);
                case (byte)'\r' when at + 1 == input.Length:
                    return Held(input, at);
                case (byte)'\r' when input[at + 1] == '\n':
                    at += 2;
                    _place = Place.BehindCrlf;
                    break;
                case (byte)'\r':
                    return Bare(input, at, " "u8, _place == Place.Inside ? Place.Inside : Place.BehindNothing);
                case 0 when _place != Place.Inside:
                    at++;
                    _place = Place.BehindNothing;
                    break;
                case (byte)'.' when _place != Place.Inside && Judge(input[at..]) is var line and not DotLine.Harmless:
                    return Answer(line, input, at);
                default:
                    at = SkipInside(input, at);
                    break;
            }
        }
        return Clean(input, at);
    }

    enum DotLine : byte { Harmless, Undecided, Dangerous, EndByCrlf, EndByLf }

    readonly DotLine Judge(ReadOnlySpan<byte> line)
    {
        int end = 1;
        while (end <= MaxHeld && _mode != BareNewlines.Reject && IsStrayCr(line, end))
            end++;
        ReadOnlySpan<byte> rest = line[end..];
        // Behind a NUL a server that reads C strings sees nothing, whatever follows; and we hold no more blanks than that.
        if (end > MaxHeld || rest.StartsWith("\0"u8))
            return DotLine.Dangerous;
        if (rest.IsEmpty || rest.SequenceEqual("\r"u8))
            return DotLine.Undecided;
        if (rest[0] is not ((byte)'\r' or (byte)'\n'))
            return DotLine.Harmless;
        return end == 1 ? JudgeLoneDot(rest) : DotLine.Dangerous;
    }

    readonly DotLine JudgeLoneDot(ReadOnlySpan<byte> rest)
    {
        bool endsInCrlf = rest.StartsWith("\r\n"u8);
        if (!endsInCrlf && _mode == BareNewlines.Reject)
            return DotLine.Harmless;       // refused at the next octet
        bool isEnd = _mode == BareNewlines.Accept ? _place != Place.BehindNothing : _place == Place.BehindCrlf && endsInCrlf;
        return !isEnd ? DotLine.Dangerous : endsInCrlf ? DotLine.EndByCrlf : DotLine.EndByLf;
    }

    static bool IsStrayCr(ReadOnlySpan<byte> line, int at) => at + 1 < line.Length && line[at] == '\r' && line[at + 1] != '\n';

    DataStep Answer(DotLine line, ReadOnlySpan<byte> input, int at) => line switch
    {
        DotLine.EndByCrlf => new DataStep { Output = input[..(at + 3)], Consumed = at + 3, EndLine = 3 },
        DotLine.Undecided => Held(input, at),
        _ when at > 0 => Clean(input, at),
        DotLine.EndByLf => EndByLf(),
        // The dot goes right before the client's, not before the blanks and NULs: `.` NUL is itself an end to a reader of C strings.
        _ => Replace(".."u8, Place.Inside),
    };

    DataStep EndByLf()
    {
        SawBare = true;
        return new DataStep { Output = ".\r\n"u8, Consumed = 2, EndLine = 2 };
    }

    /// <summary>From an octet inside a line to the next one that needs a look: across all the clean lines between.</summary>
    int SkipInside(ReadOnlySpan<byte> input, int at)
    {
        int next = Suspects.First(input, at + 1);
        if (input[next - 1] == '\r')
            next--;
        // No bare LF lies between: one right before is a CRLF's.
        _place = input[next - 1] == '\n' ? Place.BehindCrlf : Place.Inside;
        return next;
    }

    DataStep Bare(ReadOnlySpan<byte> input, int at, ReadOnlySpan<byte> replacement, Place place)
    {
        bool isRefused = _mode == BareNewlines.Reject;
        if (at > 0 && !isRefused)
            return Clean(input, at);
        SawBare = true;
        return isRefused ? new DataStep { Output = input[..at], Consumed = at + 1, BareFound = true } : Replace(replacement, place);
    }

    DataStep Replace(ReadOnlySpan<byte> output, Place place)
    {
        _place = place;
        return new DataStep { Output = output, Consumed = 1 };
    }

    static DataStep Clean(ReadOnlySpan<byte> input, int count) => new() { Output = input[..count], Consumed = count };

    static DataStep Held(ReadOnlySpan<byte> input, int count) => new() { Output = input[..count], Consumed = count, NeedsMore = true };
}
