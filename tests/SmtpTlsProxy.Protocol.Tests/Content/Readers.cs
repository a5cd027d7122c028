namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>
/// Servers as they are and were, slow and obvious: each says where it sees data end, in content that stands behind the CRLF of DATA.
/// Written without a look at the scanners.
/// </summary>
static class Readers
{
    public static readonly (string Name, Func<string, List<int>> Ends)[] Lenient =
    [
        ("strict", Strict),
        ("LF ends a line", content => LoneDots(content, "\n", line => line.TrimEnd('\r'))),
        ("CR and LF each end a line", content => LoneDots(content, "\r\n", line => line)),
        ("NULs are dropped", content => LoneDots(content, "\n", line => line.TrimEnd('\r').Replace("\0", ""))),
        ("lines are C strings", content => LoneDots(content, "\n", line => line.TrimEnd('\r').Split('\0')[0])),
        ("blanks are trimmed", content => LoneDots(content, "\n", line => line.TrimEnd('\r').Trim(' '))),
        ("NULs are dropped, blanks trimmed", content => LoneDots(content, "\n", line => line.Replace("\0", "").Trim(' ', '\r'))),
        ("C strings, trimmed", content => LoneDots(content, "\n", line => line.Split('\0')[0].Trim(' ', '\r'))),
    ];

    /// <summary>RFC 5321: CRLF "." CRLF alone. Positions are behind the end.</summary>
    public static List<int> Strict(string content)
    {
        List<int> ends = [];
        string whole = "\r\n" + content;
        for (int at = 0; (at = whole.IndexOf("\r\n.\r\n", at, StringComparison.Ordinal)) >= 0; at++)
            ends.Add(at + 3);
        return ends;
    }

    /// <summary>The LF world's client: a line is what stands between LFs, a lone dot ends, with or without one CR behind it.</summary>
    public static List<int> LfClient(string content) => LoneDots(content, "\n", line => line is ".\r" ? "." : line);

    static List<int> LoneDots(string content, string terminators, Func<string, string> asRead)
    {
        List<int> ends = [];
        int start = 0;
        for (int at = 0; at < content.Length; at++)
        {
            if (!terminators.Contains(content[at]))
                continue;
            bool isDot = asRead(content[start..at]) == ".";
            if (content[at] == '\r' && at + 1 < content.Length && content[at + 1] == '\n')
                at++;
            if (isDot)
                ends.Add(at + 1);
            start = at + 1;
        }
        return ends;
    }
}
