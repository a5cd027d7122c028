using System.Diagnostics;
using System.Text;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Groups of commands (RFC 2920): at the speed of a group, in the order of a queue, in bounded memory.</summary>
public sealed class PipeliningTest(ITestOutputHelper output) : IDisposable
{
    const int Group = 100;
    const long MiB = 1024 * 1024;
    const string Capabilities = "250-flood.test\r\n250 PIPELINING\r\n";
    static readonly string s_long = new('x', 480);
    static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(300);
    readonly Scratch _scratch = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AGroupOfAHundredTakesOneRoundTripAndKeepsItsOrder_2_1_2_2(bool longLineToTheServer)
    {
        using var ca = new TestCa(_scratch);
        await using var server = new ScriptedUpstream(EchoAsync);
        await using var toServer = new DelayingForwarder(server.Port, longLineToTheServer ? s_roundTrip : TimeSpan.Zero);
        int port = Ports.Free();
        await using ProxyProcess proxy = await StartAsync(port, toServer.Port, ca);
        await using var toProxy = new DelayingForwarder(port, longLineToTheServer ? TimeSpan.Zero : s_roundTrip);
        await using RawSmtp client = await RawSmtp.SecuredAsync(toProxy.Port, ca.File);
        string[] commands = [.. Enumerable.Range(0, Group).Select(Command)];

        var clock = Stopwatch.StartNew();
        await client.SendAsync(string.Concat(commands));
        var replies = new List<string>();
        foreach (string _ in commands)
            replies.Add(await client.ReplyAsync());
        TimeSpan took = clock.Elapsed;

        output.WriteLine($"{Group} commands over a round trip of {s_roundTrip.TotalMilliseconds} ms to the {(longLineToTheServer ? "server" : "proxy")}: {took.TotalMilliseconds:f0} ms");
        Assert.Equal(commands.Select(Answer), replies.Select(reply => reply.StartsWith("555 5.5.4", StringComparison.Ordinal) ? "ours" : reply));
        Assert.InRange(took, s_roundTrip * 0.9, s_roundTrip * 2.5);
        await client.QuitAsync();
    }

    /// <summary>
    /// Neither side reads before it has written: what does not fit into what the kernel holds waits with the one who wrote it (RFC 2920 section 3.1), and
    /// all of it arrives once the client reads.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(170)]
    public async Task TenMegabytesOfCommandsAndOfRepliesDeadlockNobodyAndFillNoMemory_2_1(int repliesOf60Kilobytes)
    {
        using var ca = new TestCa(_scratch);
        const int Commands = 20_000;
        int flooded = repliesOf60Kilobytes;
        await using var server = new ScriptedUpstream(stream => FloodAsync(stream, flooded));
        int port = Ports.Free();
        await using ProxyProcess proxy = await StartAsync(port, server.Port, ca);
        await using RawSmtp client = await RawSmtp.SecuredAsync(port, ca.File);
        await client.AskAsync("NOOP", "250");
        long before = proxy.Memory;

        Task sending = SendAllAsync(client, Commands);
        await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(1.5)));
        bool stood = !sending.IsCompleted;
        for (int number = 0; number < Commands; number++)
        {
            string reply = await client.ReplyAsync();
            if (!reply.Contains(Mark(number), StringComparison.Ordinal))
                Assert.Fail($"reply {number} is {reply[..Math.Min(reply.Length, 80)]}");
        }
        await sending;

        long grown = proxy.PeakMemory - before;
        output.WriteLine($"{Commands * (s_long.Length + 29) / 1_000_000} MB of commands, the client {(stood ? "had to wait until it read" : "could write all before it read")}; peak memory {proxy.PeakMemory / MiB} MiB, {grown / MiB} MiB above the idle session");
        Assert.InRange(grown, long.MinValue, 32 * MiB);
        Assert.Empty(server.Faults);
        await client.QuitAsync();
    }

    public void Dispose() => _scratch.Dispose();

    static Task<ProxyProcess> StartAsync(int port, int server, TestCa ca) => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("mx", port, "required", "legacy"), Yaml.Upstream("legacy", server, "none"), ca.Issue(Names.Proxy)));

    /// <summary>Every seventh is one that the proxy answers itself.</summary>
    static string Command(int number) => (number % 7) switch
    {
        0 => $"MAIL FROM:<{Mark(number)}@client.test> PRDR\r\n",
        1 => $"MAIL FROM:<{Mark(number)}@client.test>\r\n",
        6 => "RSET\r\n",
        _ => $"RCPT TO:<{Mark(number)}@own.test>\r\n",
    };

    static string Answer(string command) => command.Contains("PRDR", StringComparison.Ordinal) ? "ours" : "250 2.0.0 " + command;

    static string AnswerTo(string line) => line[..4] switch
    {
        "QUIT" => "221 2.0.0 Bye\r\n",
        "EHLO" => Capabilities,
        _ => "250 2.0.0 " + line,
    };

    static string Mark(int number) => $"n{number:d6}n";

    static async Task EchoAsync(SmtpStream stream)
    {
        await GreetAsync(stream);
        while (await stream.LineAsync(TimeSpan.FromMinutes(1)) is { } line)
            await stream.SendAsync(AnswerTo(line));
    }

    /// <summary>Answers with all it heard; the first ones with replies nearly as long as may be, and reads nothing while it writes.</summary>
    static async Task FloodAsync(SmtpStream stream, int flooded)
    {
        await GreetAsync(stream);
        string filler = string.Concat(Enumerable.Repeat("250-" + new string('y', 1_000) + "\r\n", 60));
        while (await stream.LineAsync(TimeSpan.FromMinutes(1)) is { } line)
        {
            if (line.StartsWith("RCPT", StringComparison.Ordinal) && flooded-- > 0)
                await stream.SendAsync(filler);
            await stream.SendAsync(AnswerTo(line));
        }
    }

    static Task GreetAsync(SmtpStream stream) => stream.SendAsync("220 flood.test ESMTP\r\n");

    static async Task SendAllAsync(RawSmtp client, int count)
    {
        byte[] all = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, count).Select(number => $"RCPT TO:<{Mark(number)}{s_long}@own.test>\r\n")));
        foreach (byte[] piece in all.Chunk(60_000))
            await client.SendAsync(piece);
    }
}
