using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Reads recorded octets as TLS records (RFC 8446 section 5.1).</summary>
static class TlsRecords
{
    /// <summary>Every octet belongs to a record.</summary>
    public static void AssertNothingElse(ReadOnlySpan<byte> octets)
    {
        Assert.False(octets.IsEmpty, "no TLS at all");
        while (!octets.IsEmpty)
        {
            Assert.True(octets.Length >= 5, "a piece of a record: " + Show(octets));
            Assert.True(octets[0] is >= 20 and <= 23 && octets[1] == 3, "not a TLS record: " + Show(octets));
            int length = (octets[3] << 8) | octets[4];
            Assert.True(length is > 0 and <= (16 * 1024) + 2048 && octets.Length >= 5 + length, "not a whole record: " + Show(octets));
            octets = octets[(5 + length)..];
        }
    }

    /// <summary>What stands in the clear in front of the first record; behind it there are only records.</summary>
    public static string ClearPart(byte[] octets, string lastClearLine)
    {
        string text = Encoding.Latin1.GetString(octets);
        int at = text.IndexOf(lastClearLine, StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{lastClearLine}' was never said: {Show(octets)}");
        int end = text.IndexOf("\r\n", at, StringComparison.Ordinal) + 2;
        AssertNothingElse(octets.AsSpan(end));
        return text[..end];
    }

    static string Show(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets[..Math.Min(octets.Length, 80)]);
}
