using System.Text;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>Messages as they come, and as an attacker makes them. None has an end of data in it.</summary>
static class Contents
{
    public static byte[] Of(string kind, int octets)
    {
        byte[] unit = Encoding.Latin1.GetBytes(Unit(kind));
        byte[] content = new byte[octets];
        for (int at = 0; at < octets; at++)
            content[at] = unit[at % unit.Length];
        return content;
    }

    static string Unit(string kind) => kind switch
    {
        "text" => "The quick brown fox jumps over the lazy dog.\r\nThen it sleeps, for a line of about the usual length is long enough for one.\r\n\r\n",
        "base64" => new string('Q', 76) + "\r\n",
        "dots" => "..\r\n",
        "empty lines" => "\r\n",
        "bare LF" => "a\n..b\n",
        "bare CR" => "a\r",
        "CR LF NUL dot" => "\r\n\0.\r\n",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
