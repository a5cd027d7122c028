using System.Globalization;
using System.Text;

namespace SmtpTlsProxy.Tests.Shared;

/// <summary>
/// The text of a transcript's line as octets and back: UTF-8, <c>\r \n \0 \t \\ \xNN</c>, <c>\{words*1000}</c> for repetition; CRLF behind it unless
/// it ends with a lone backslash.
/// </summary>
static class Octets
{
    public static byte[] Parse(string text)
    {
        bool isOpen = text.EndsWith('\\') && (text.Length - text.TrimEnd('\\').Length) % 2 == 1;
        List<byte> octets = [];
        Read(isOpen ? text[..^1] : text, octets);
        if (!isOpen)
            octets.AddRange("\r\n"u8);
        return [.. octets];
    }

    /// <summary>For a failure's words.</summary>
    public static string Show(ReadOnlySpan<byte> octets)
    {
        StringBuilder shown = new();
        foreach (byte octet in octets.Length > 400 ? octets[..400] : octets)
            shown.Append(octet switch
            {
                (byte)'\r' => "\\r",
                (byte)'\n' => "\\n\n    ",
                0 => "\\0",
                (byte)'\\' => "\\\\",
                < 32 or > 126 => $"\\x{octet:x2}",
                _ => ((char)octet).ToString(),
            });
        return shown.Length == 0 ? "    (nothing)" : "    " + shown;
    }

    static void Read(string text, List<byte> octets)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                octets.AddRange(Encoding.UTF8.GetBytes(text.AsSpan(at, char.IsSurrogate(text[at]) ? 2 : 1).ToString()));
                at += char.IsSurrogate(text[at]) ? 1 : 0;
                continue;
            }
            at++;
            at += Escape(text, at, octets);
        }
    }

    // Returns how many more characters the escape took.
    static int Escape(string text, int at, List<byte> octets)
    {
        switch (text[at])
        {
            case 'r': octets.Add((byte)'\r'); return 0;
            case 'n': octets.Add((byte)'\n'); return 0;
            case 't': octets.Add((byte)'\t'); return 0;
            case '0': octets.Add(0); return 0;
            case '\\': octets.Add((byte)'\\'); return 0;
            case 'x': octets.Add(byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)); return 2;
            case '{': return Repeat(text[(at + 1)..text.IndexOf('}', at)], octets);
            default: throw new FormatException($"\\{text[at]} is no escape");
        }
    }

    static int Repeat(string words, List<byte> octets)
    {
        int star = words.LastIndexOf('*');
        List<byte> once = [];
        Read(words[..star], once);
        for (int count = int.Parse(words[(star + 1)..], CultureInfo.InvariantCulture); count > 0; count--)
            octets.AddRange(once);
        return words.Length + 1;
    }
}
