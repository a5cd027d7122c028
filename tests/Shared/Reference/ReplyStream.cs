namespace SmtpTlsProxy.Reference;

/// <summary>A stream of replies taken apart by the words of rule 2.10, one octet after the other.</summary>
public sealed record ReplyStream(IReadOnlyList<string> Replies, string Rest, bool IsMalformed)
{
    public bool IsClean => Rest.Length == 0;

    public static ReplyStream Split(string octets, bool lfEnds)
    {
        List<string> replies = [];
        int at = 0;
        while (at < octets.Length)
        {
            int length = LengthOf(octets[at..], lfEnds, out bool malformed);
            if (length == 0)
                return new ReplyStream(replies, octets[at..], malformed);
            replies.Add(octets.Substring(at, length));
            at += length;
        }
        return new ReplyStream(replies, "", IsMalformed: false);
    }

    /// <summary>Octets of the first reply; 0 where it is not whole.</summary>
    public static int LengthOf(string octets, bool lfEnds, out bool malformed)
    {
        int at = 0;
        string? code = null;
        while (true)
        {
            int length = LineOf(octets[at..], lfEnds, out bool wrong);
            malformed = wrong || at + length > 64 * 1024 || (length == 0 && octets.Length >= 64 * 1024);
            if (malformed || length == 0)
                return 0;
            string line = octets.Substring(at, length).TrimEnd('\r', '\n');
            malformed = !IsReplyLine(line) || (code is not null && line[..3] != code);
            if (malformed)
                return 0;
            (code, at) = (line[..3], at + length);
            if (line.Length == 3 || line[3] == ' ')
                return at;
        }
    }

    /// <summary>Octets of the first line with its end. Wrong: a CR or LF alone, a NUL, or over the limit (334: a longer one).</summary>
    static int LineOf(string octets, bool lfEnds, out bool wrong)
    {
        int limit = octets.StartsWith("334", StringComparison.Ordinal) ? 12290 : 4096;
        int lf = octets.IndexOf('\n');
        int length = lf + 1;
        string seen = lf < 0 ? octets : octets[..length];
        bool crlf = seen.EndsWith("\r\n", StringComparison.Ordinal);
        wrong = seen.Length > limit || (lf < 0 ? seen.Length == limit : IsWrong(seen[..^(crlf ? 2 : 1)]) || (!crlf && !lfEnds));
        return length;
    }

    static bool IsWrong(string text) => text.AsSpan().ContainsAny('\0', '\r');

    /// <summary>False where the unfinished last line can be no reply's, whatever follows.</summary>
    public static bool MayBecomeReply(string unfinished)
    {
        string[] lines = unfinished.Split('\n');
        string last = lines[^1].TrimEnd('\r'), code = (lines.Length > 1 ? lines[0] : last).PadRight(3, '0')[..3];
        if (IsWrong(last) || (last.Length < 3 && lines[^1].Length > last.Length))
            return false;
        return last.Length >= 3 ? IsReplyLine(last) && last[..3] == code : code.StartsWith(last) && IsReplyLine((last + "200"[last.Length..])[..3]);
    }

    static bool IsReplyLine(string line) =>
        line.Length >= 3 && line[0] is >= '2' and <= '5' && line[1] is >= '0' and <= '5' && char.IsAsciiDigit(line[2])
        && (line.Length == 3 || line[3] is ' ' or '-');
}
