using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Reads what a delivering server made of a message: trace lines in front, LF for CRLF.</summary>
static class DeliveredMail
{
    static readonly string[] s_inFront = ["Return-Path:", "X-Original-To:", "Delivered-To:", "Envelope-To:"];

    public static bool IsFor(string file, string recipient)
    {
        Span<byte> head = stackalloc byte[1024];
        using FileStream stream = File.OpenRead(file);
        string text = Encoding.UTF8.GetString(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
        return text.Contains($"Delivered-To: {recipient}\n", StringComparison.Ordinal) || text.Contains($"Envelope-to: {recipient}\n", StringComparison.Ordinal);
    }

    /// <summary>The recipient in Postfix's words.</summary>
    public static string RecipientOf(string file)
    {
        const string Field = "Delivered-To: ";
        return File.ReadLines(file).First(line => line.StartsWith(Field, StringComparison.Ordinal))[Field.Length..];
    }

    /// <summary>Takes off what stands in front up to and with the delivering server's own Received field.</summary>
    public static byte[] WithoutTrace(byte[] delivered)
    {
        int at = 0;
        while (StartsWithAny(delivered, at))
            at = NextLine(delivered, at);
        Assert.StartsWith("Received:", Text(delivered, at));
        do
        {
            at = NextLine(delivered, at);
        }
        while (at < delivered.Length && delivered[at] is (byte)' ' or (byte)'\t');
        return delivered[at..];
    }

    /// <summary>What a delivered copy must look like for content that went over the wire.</summary>
    public static byte[] Expected(byte[] content) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(content).Replace("\r\n", "\n", StringComparison.Ordinal));

    static bool StartsWithAny(byte[] mail, int at) => s_inFront.Any(name => Text(mail, at).StartsWith(name, StringComparison.OrdinalIgnoreCase));

    static string Text(byte[] mail, int at) => Encoding.Latin1.GetString(mail, at, Math.Min(20, mail.Length - at));

    static int NextLine(byte[] mail, int at)
    {
        int end = Array.IndexOf(mail, (byte)'\n', at);
        return end < 0 ? mail.Length : end + 1;
    }
}
