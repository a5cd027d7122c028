namespace SmtpTlsProxy.Reference;

/// <summary>What <c>normalize</c> makes of whole content, line by line, from the words of rule 5.2.</summary>
public static class ReferenceNormalizer
{
    /// <summary>Lines whose beginning is longer than this of blanks and NULs may go either way: only so much is held.</summary>
    const int Held = 1000;

    /// <summary>A character that no octet is: a blank that we put there.</summary>
    const char OurBlank = '\u2420';

    /// <summary>The lines as they go on, each with CRLF. An unfinished last line is left out: nothing is known of it.</summary>
    /// <param name="content">All before the end-of-data line.</param>
    public static IEnumerable<(string Line, string? Other)> Lines(string content)
    {
        string[] lines = content.Split('\n');
        foreach (string raw in lines[..^1])
        {
            string line = (raw.EndsWith('\r') ? raw[..^1] : raw).Replace('\r', OurBlank);
            string told = NeedsDot(line) ? Dotted(line) : line;
            string? other = Lead(line) < Held ? null : NeedsDot(line) ? line : Dotted(line);
            yield return (AsSent(told), other is null ? null : AsSent(other));
        }
    }

    /// <summary>In front of the dot, not of the NULs before it: behind a dot a NUL would end a C string.</summary>
    static string Dotted(string line) => line.IndexOf('.') is >= 0 and var dot ? line.Insert(dot, ".") : line;

    static string AsSent(string line) => line.Replace(OurBlank, ' ') + "\r\n";

    /// <summary>A lone dot, or a dot that a NUL follows as a C string ends there; blanks of ours and NULs before it not counted.</summary>
    static bool NeedsDot(string line) =>
        Bare(line) == "." || (line.TrimStart('\0', OurBlank) is ['.', .. var behind] && behind.TrimStart(OurBlank).StartsWith('\0'));

    static string Bare(string line) => line.Replace("\0", "").Replace(OurBlank.ToString(), "");

    static int Lead(string line)
    {
        int length = 0, dots = 0;
        while (length < line.Length && (line[length] is '\0' or OurBlank || (line[length] == '.' && dots++ == 0)))
            length++;
        return length;
    }
}
