using System.Text;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>What a client says.</summary>
static class Words
{
    public static readonly byte[] Hello = "EHLO client.test\r\n"u8.ToArray();
    public static readonly byte[] StartTls = "STARTTLS\r\n"u8.ToArray();
    public static readonly byte[] Mail = "MAIL FROM:<sender@client.test>\r\n"u8.ToArray();
    public static readonly byte[] Recipient = "RCPT TO:<reader@own.test>\r\n"u8.ToArray();
    public static readonly byte[] Data = "DATA\r\n"u8.ToArray();
    public static readonly byte[] Dot = ".\r\n"u8.ToArray();
    public static readonly byte[] Quit = "QUIT\r\n"u8.ToArray();
    public static readonly byte[] Envelope = [.. Mail, .. Recipient, .. Data];

    public static byte[] Chunk(int size, bool isLast) => Encoding.ASCII.GetBytes($"BDAT {size}{(isLast ? " LAST" : "")}\r\n");
}
