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

    /// <summary>The same in so many chunks, which are sent without waiting for replies.</summary>
    public static async Task<long> PourChunksAsync(RawSmtp client, long size, int chunks = 100)
    {
        await client.AskAsync("MAIL FROM:<pourer@client.test>", "250");
        await client.AskAsync("RCPT TO:<reader@own.test>", "250");
        long blocks = size / chunks / s_block.Length;
        Task sending = SendChunksAsync(client, chunks, blocks);
        for (int chunk = 0; chunk < chunks; chunk++)
            await client.ExpectAsync("250", TimeSpan.FromSeconds(60));
        await sending;
        return chunks * blocks * s_block.Length;
    }

    static async Task SendChunksAsync(RawSmtp client, int chunks, long blocks)
    {
        for (int chunk = 1; chunk <= chunks; chunk++)
        {
            await client.SendAsync($"BDAT {blocks * s_block.Length}{(chunk == chunks ? " LAST" : "")}\r\n");
            for (long block = 0; block < blocks; block++)
                await client.SendAsync(s_block);
        }
    }

    static byte[] Block() => Letters.Stuffed(Letters.OfSize(100_000));
}
