namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Sends a message too big to keep: one block of lines, again and again.</summary>
static class Pourer
{
    static readonly byte[] s_block = Block();

    /// <summary>At least this many octets of content; how many in truth is returned.</summary>
    public static async Task<long> PourAsync(RawSmtp client, long size)
    {
        await client.AskAsync("MAIL FROM:<pourer@client.test>", "250");
        await client.AskAsync("RCPT TO:<reader@own.test>", "250");
        await client.AskAsync("DATA", "354");
        long sent = 0;
        for (; sent < size; sent += s_block.Length)
            await client.SendAsync(s_block);
        await client.SendAsync(".\r\n");
        await client.ExpectAsync("250", TimeSpan.FromSeconds(60));
        return sent;
    }

    static byte[] Block() => Letters.Stuffed(Letters.OfSize(100_000));
}
