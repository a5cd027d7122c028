using System.Diagnostics;
using System.Text;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>A black hole opens while content is under way. Both sides of it know nothing of it but by their timers; what the client is told must be true.</summary>
public sealed class ContentHoleTest(ITestOutputHelper output)
{
    const byte Stalled = 2, DotLost = 3, ReplyLost = 4, Healed = 5, Sender = 6, Unharmed = 7;
    const string Impatient = "timeouts: { dataBlock: 2s, dataTermination: 2s }";
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2), s_slack = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task ABlackHoleInContentEndsInTheRightReply_OrHealsAndTheMessageGoesOn_5_4_5_5_6_1()
    {
        await using TunLink link = await TunLink.StartAsync();
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "encrypt", Network = link.Far });
        using var scratch = new Scratch();
        using var ca = new TestCa(scratch);
        int stalled = Ports.Free(), dotLost = Ports.Free(), replyLost = Ports.Free(), healed = Ports.Free(), sender = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(ProxyBinary.Default.In(link.Near), Yaml.Whole(
            Local("stalled", stalled, Impatient) + Local("dot_lost", dotLost, Impatient) + Local("reply_lost", replyLost, Impatient) + Local("healed", healed, "timeouts: { dataBlock: 10s }")
                + Yaml.Listener("sender", sender, "required", "sender", Impatient, TunLink.Address(TunLink.NearHost)),
            Beyond("stalled", Stalled, postfix, Impatient) + Beyond("dot_lost", DotLost, postfix, Impatient) + Beyond("reply_lost", ReplyLost, postfix, Impatient)
                + Beyond("healed", Healed, postfix, "timeouts: { dataTermination: 20s }") + Beyond("sender", Unharmed, postfix, "identity: none"),
            ca.Issue(Names.Proxy)));

        string[] recipients = await Task.WhenAll(
            StallAsync(link, stalled),
            LoseDotAsync(link, dotLost),
            LoseReplyAsync(link, replyLost),
            HealAsync(link, healed, postfix),
            LoseSenderAsync(link, sender, ca.File, proxy));

        // What was lost in the hole does not come out of it later (a kernel that still had it would say it again within three seconds), and
        // what was delivered was so once.
        await postfix.ContentForAsync(recipients[2]);
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.Equal(((string[])[recipients[2], recipients[3]]).Order(), postfix.Recipients().Order());
        MetricsPage metrics = await proxy.MetricsAsync();
        Assert.Equal(1, metrics["messages_total", ("listener", "stalled"), ("outcome", "aborted")]);
        Assert.Equal(1, metrics["messages_total", ("listener", "dot_lost"), ("outcome", "unknown")]);
        Assert.Equal(1, metrics["messages_total", ("listener", "reply_lost"), ("outcome", "unknown")]);
        Assert.Equal(1, metrics["messages_total", ("listener", "healed"), ("outcome", "accepted")]);
        Assert.Equal(1, metrics["messages_total", ("listener", "sender"), ("outcome", "aborted")]);
        foreach (string listener in (string[])["stalled", "dot_lost", "reply_lost", "sender"])
            Assert.Equal(1, metrics["sessions_total", ("listener", listener), ("end", "timeout")]);
        output.WriteLine(link.Counts.ToString());
    }

    // The client pours, the server takes no more: dataBlock.
    static async Task<string> StallAsync(TunLink link, int port)
    {
        (RawSmtp client, string to) = await InContentAsync(link, port);
        await using RawSmtp _ = client;
        link.Swallow(Stalled);
        long began = Stopwatch.GetTimestamp();
        Task<string> hearing = client.ReplyAsync(TimeSpan.FromSeconds(30));
        byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 1_000)));
        try
        {
            while (!hearing.IsCompleted)
                await client.SendAsync(block);
        }
        catch (Exception gone) when (SmtpStream.IsGone(gone))
        {
            // it said what it had to say and left
        }
        Assert.StartsWith("421 4.4.2", await hearing);
        InTime(began);
        link.Heal(Stalled);
        return to;
    }

    // All octets are out of our hands, the dot never comes: the server's silence counts, and the client may try again.
    static async Task<string> LoseDotAsync(TunLink link, int port)
    {
        (RawSmtp client, string to) = await InContentAsync(link, port);
        await using RawSmtp _ = client;
        link.Swallow(DotLost);
        await IsToldToTryAgainAsync(client);
        link.Heal(DotLost);
        return to;
    }

    // The server delivers, but the 250 is lost: the same words, and a duplicate if the client obeys (RFC 1047). None by us.
    static async Task<string> LoseReplyAsync(TunLink link, int port)
    {
        (RawSmtp client, string to) = await InContentAsync(link, port);
        await using RawSmtp _ = client;
        link.Swallow(ReplyLost, packet => packet.IsFromFar && packet.Content.Length > 0);
        await IsToldToTryAgainAsync(client);
        link.Heal(ReplyLost);
        return to;
    }

    static async Task IsToldToTryAgainAsync(RawSmtp client)
    {
        long began = Stopwatch.GetTimestamp();
        await client.SendAsync(".\r\n");
        Assert.StartsWith("451 4.4.2", await client.ReplyAsync());
        InTime(began);
        await client.AskAsync("NOOP", "421 4.4.2");
        Assert.Equal("", await client.Stream.RestAsync());
    }

    static async Task<string> HealAsync(TunLink link, int port, Postfix postfix)
    {
        string to = Names.NewRecipient();
        byte[] letter = Letters.OfSize(512 * 1024);
        await using RawSmtp client = await BegunAsync(link, port, to);
        byte[] stuffed = Letters.Stuffed(letter);
        await client.SendAsync(stuffed.AsMemory(0, stuffed.Length / 2));
        link.Swallow(Healed);
        await client.SendAsync(stuffed.AsMemory(stuffed.Length / 2));
        await client.SendAsync(".\r\n");
        Task<string> reply = client.ReplyAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(reply.IsCompleted);
        link.Heal(Healed);
        Assert.StartsWith("250", await reply);
        await client.QuitAsync();
        ContentAssert.ArrivedWhole(letter, await postfix.ContentForAsync(to));
        return to;
    }

    // The client vanishes: the server gets no end that could make half a message look whole.
    static async Task<string> LoseSenderAsync(TunLink link, int port, string caFile, ProxyProcess proxy)
    {
        string to = Names.NewRecipient();
        await using RawSmtp client = await RawSmtp.ConnectFromAsync(TunLink.Address(Sender), port, TunLink.Address(TunLink.NearHost), link.Far);
        await client.ExpectAsync("220");
        await client.EhloAsync();
        await client.AskAsync("STARTTLS", "220");
        await client.HandshakeAsync(caFile);
        await BeginAsync(client, to);
        await client.SendAsync(Letters.OfSize(64 * 1024));
        link.Swallow(Sender);
        long began = Stopwatch.GetTimestamp();
        await client.SendAsync("more\r\n");
        await proxy.MetricReachesAsync(1, "sessions_total", ("listener", "sender"), ("end", "timeout"));
        InTime(began);
        return to;
    }

    static async Task<(RawSmtp Client, string To)> InContentAsync(TunLink link, int port)
    {
        string to = Names.NewRecipient();
        RawSmtp client = await BegunAsync(link, port, to);
        await client.SendAsync(Letters.Stuffed(Letters.OfSize(64 * 1024)));
        return (client, to);
    }

    static async Task<RawSmtp> BegunAsync(TunLink link, int port, string to)
    {
        RawSmtp client = await RawSmtp.GreetedAsync(port, network: link.Near);
        await BeginAsync(client, to);
        return client;
    }

    static async Task BeginAsync(RawSmtp client, string to)
    {
        await client.EhloAsync();
        await client.AskAsync("MAIL FROM:<sender@client.test>", "250");
        await client.AskAsync($"RCPT TO:<{to}>", "250");
        await client.AskAsync("DATA", "354");
    }

    static void InTime(long began) => Assert.InRange(Stopwatch.GetElapsedTime(began), s_limit - TimeSpan.FromMilliseconds(50), s_limit + s_slack);

    static string Local(string name, int port, string timeouts) => Yaml.Listener(name, port, "none", name, "allow: [127.0.0.0/8], " + timeouts);

    static string Beyond(string name, byte host, Postfix postfix, string more) =>
        $"  {name}: {{ destinations: \"{TunLink.Address(host)}:{postfix.Port}\", tls: required, {Yaml.Verified(postfix.CaFile)}, {more} }}\n";
}
