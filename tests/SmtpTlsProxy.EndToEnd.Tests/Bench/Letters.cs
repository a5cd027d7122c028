using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Messages to send: whole contents, CRLF lines, not yet dot-stuffed.</summary>
static class Letters
{
    const string Head = "From: Sender <sender@client.test>\r\nTo: Reader <reader@own.test>\r\nSubject: {0}\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <{1}@client.test>\r\n"
        + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

    /// <summary>Lines of dots, dots in front of lines, and octets above 127.</summary>
    public static byte[] Tricky(string subject = "Dots and umlauts") =>
        With(subject, ".\r\n..\r\n...\r\n.hidden\r\nGrüße aus Köln, 日本語\r\n\r\n. \r\nends with a dot.\r\n.\r\nend\r\n");

    public static byte[] With(string subject, string body) =>
        Encoding.UTF8.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, Head, subject, Guid.NewGuid().ToString("n")) + body);

    /// <summary>The shapes that content comes in, by name.</summary>
    public static byte[] Shaped(string shape) => shape switch
    {
        "empty" => [],
        "one octet" => With("One octet", "x\r\n"),
        "8-bit" => EightBit(),
        "no body" => With("No body", ""),
        "NULs" => [.. With("NULs", "one"), 0, .. "two\r\n"u8, 0, 0, .. "\r\nend\r\n"u8],
        "10,000-octet lines" => With("Long", string.Concat(Enumerable.Range(0, 20).Select(line => new string((char)('a' + line), 10_000) + "\r\n"))),
        "dots" => Tricky(),
        "long line" => With("Long", new string('x', 100_000) + "\r\n"),
        "50 MB" => OfSize(50_000_000),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
    };

    /// <summary>Every octet above 127, raw.</summary>
    public static byte[] EightBit()
    {
        byte[] octets = [.. Enumerable.Range(128, 128).Select(octet => (byte)octet)];
        return [.. With("8 bit", ""), .. octets, .. "\r\n"u8];
    }

    /// <summary>Of about this size: lines of 76 random characters, every fifth begins with a dot.</summary>
    public static byte[] OfSize(int octets)
    {
        var random = new Random(4711);
        byte[] content = new byte[octets];
        With("Big", "").CopyTo(content, 0);
        int at = With("Big", "").Length;
        for (int line = 0; at < octets; line++)
        {
            int length = Math.Min(76, Math.Max(0, octets - at - 2));
            for (int i = 0; i < length; i++)
                content[at++] = line % 5 == 0 && i == 0 ? (byte)'.' : (byte)random.Next('!', '~');
            for (int i = 0; i < 2 && at < octets; i++)
                content[at++] = i == 0 ? (byte)'\r' : (byte)'\n';
        }
        content[^2] = (byte)'\r';
        content[^1] = (byte)'\n';
        return content;
    }

    /// <summary>As it goes over the wire, the final dot not included (RFC 5321 section 4.5.2).</summary>
    public static byte[] Stuffed(byte[] content)
    {
        var stuffed = new MemoryStream(content.Length + 1024);
        bool atStart = true;
        foreach (byte octet in content)
        {
            if (atStart && octet == '.')
                stuffed.WriteByte((byte)'.');
            stuffed.WriteByte(octet);
            atStart = octet == '\n';
        }
        return stuffed.ToArray();
    }
}
