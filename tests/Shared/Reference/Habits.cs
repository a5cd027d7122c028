namespace SmtpTlsProxy.Reference;

/// <summary>How a reader splits lines and where it sees data end. Servers are and were as lenient as this.</summary>
/// <param name="Name">For messages of failure.</param>
/// <param name="Ends">What ends a line of content, CRLF always included.</param>
/// <param name="AsRead">What the reader makes of a line of content before it looks whether it is a lone dot.</param>
public sealed record Habits(string Name, string[] Ends, Func<string, string> AsRead)
{
    /// <summary>RFC 5321: CRLF and nothing else.</summary>
    public static readonly Habits Strict = new("strict", ["\r\n"], line => line);

    static readonly string[] _lf = ["\r\n", "\n"], _any = ["\r\n", "\n", "\r"];

    /// <summary>The client's own view where a lone LF ends a line (rule 5.2, <c>accept</c>).</summary>
    public static readonly Habits Lf = new("LF ends a line", _lf, line => line);

    /// <summary>Servers that end data where others do not.</summary>
    public static readonly Habits[] Lenient =
    [
        Lf,
        new("CRs before LF are dropped", _lf, line => line.TrimEnd('\r')),
        new("CR and LF each end a line", _any, line => line),
        new("NULs are dropped", _lf, line => line.Replace("\0", "").TrimEnd('\r')),
        new("lines are C strings", _lf, line => line.Split('\0')[0].TrimEnd('\r')),
        new("C strings, any line end", _any, line => line.Split('\0')[0]),
        new("blanks are trimmed", _lf, line => line.Trim(' ', '\r')),
        new("NULs are dropped, blanks trimmed", _any, line => line.Replace("\0", "").Trim(' ')),
        new("C strings, trimmed", _lf, line => line.Split('\0')[0].Trim(' ', '\r')),
    ];

    /// <summary>
    /// Blanks that the client itself put beside a dot are its own business (rule 5.2 counts only those put there by us): nothing is promised
    /// of servers that trim them.
    /// </summary>
    public bool IsPromised(string client) => !Name.Contains("trimmed") || !client.Split('\n').Any(IsBlankedDot);

    static bool IsBlankedDot(string line) =>
        line.Contains(' ') && (line.Split('\0')[0].Trim(' ', '\r') == "." || line.Replace("\0", "").Trim(' ', '\r') == ".");

    /// <summary>Command lines end at a bare LF too.</summary>
    public bool LfEndsCommands => Ends.Length > 1;

    public bool IsLoneDot(string line) => AsRead(line) == ".";

    /// <summary>The next line of content from <paramref name="at"/>, without its end; false if its end is not in.</summary>
    public bool TryLine(string octets, int at, out string line, out int next)
    {
        for (int here = at; here < octets.Length; here++)
        {
            foreach (string end in Ends)
            {
                if (!octets.AsSpan(here).StartsWith(end, StringComparison.Ordinal))
                    continue;
                (line, next) = (octets[at..here], here + end.Length);
                return true;
            }
        }
        (line, next) = ("", at);
        return false;
    }
}
