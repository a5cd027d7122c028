namespace SmtpTlsProxy.EndToEnd;

/// <summary>However sessions end, nothing is left open (rule 6.5).</summary>
public sealed class TeardownTest(ITestOutputHelper output) : IDisposable
{
    const int Sessions = 1_000, AtOnce = 16, Seed = 4711;
    readonly Scratch _scratch = new();

    [Fact(DisableParallelization = true)]
    public async Task AThousandSessionsTornDownAnywhereLeaveNothingOpen_6_5()
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Server), Capabilities = ["PIPELINING", "CHUNKING", "8BITMIME"] });
        int mx = Ports.Free(), submissions = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", mx, "opportunistic", "store") + Yaml.Listener("submissions", submissions, "implicit", "store"),
            Yaml.Upstream("store", sink.Port, "required", Yaml.Verified(ca.File)), ca.Issue(Names.Proxy)));
        await RunAsync(mx, submissions, 50, Seed - 1);
        await Quiet.ReachedAsync(proxy);
        int before = proxy.Sockets;

        await RunAsync(mx, submissions, Sessions, Seed);

        await Quiet.ReachedAsync(proxy);
        await Eventually.TrueAsync(() => proxy.Sockets <= before, $"from {before} sockets back to them; now {proxy.Sockets}");
        MetricsPage page = await proxy.MetricsAsync();
        output.WriteLine($"sockets {before} before, {proxy.Sockets} behind; sessions counted: {page["sessions_total"]}, peak memory {proxy.PeakMemory / 1024 / 1024} MiB");
        Assert.True(page["sessions_total"] >= Sessions, page.Text);
        Assert.Equal(0, page["sessions_total", ("end", "fault")]);
        Assert.Equal(0, sink.Messages);
        await proxy.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();

    static Task RunAsync(int mx, int submissions, int count, int seed) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (number, _) => await TearDownAsync(new Random(seed + number), mx, submissions));

    static async Task TearDownAsync(Random random, int mx, int submissions)
    {
        bool isImplicit = random.Next(3) == 0;
        await using RawSmtp client = await RawSmtp.ConnectAsync(isImplicit ? submissions : mx);
        try
        {
            Func<RawSmtp, Task>[] steps = isImplicit ? [Handshake, Greeting, .. s_session] : [Greeting, Ehlo, StartTls, Handshake, .. s_session];
            int last = random.Next(steps.Length + 1);
            for (int i = 0; i < last; i++)
                await steps[i](client);
            await LeaveAsync(client, random);
        }
        catch (Exception gone) when (SmtpStream.IsGone(gone))
        {
            // it was quicker
        }
    }

    static readonly Func<RawSmtp, Task>[] s_session =
    [
        Ehlo,
        client => client.AskAsync("MAIL FROM:<a@client.test>", "250"),
        client => client.AskAsync("RCPT TO:<b@own.test>", "250"),
        client => client.AskAsync("DATA", "354"),
        client => client.SendAsync(new byte[BlockSize]),
    ];

    const int BlockSize = 100_000;

    static Task Greeting(RawSmtp client) => client.ExpectAsync("220");

    static Task Ehlo(RawSmtp client) => client.EhloAsync();

    static Task StartTls(RawSmtp client) => client.AskAsync("STARTTLS", "220");

    static Task Handshake(RawSmtp client) => client.HandshakeAsync(null);

    static async Task LeaveAsync(RawSmtp client, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                client.Reset();
                break;
            case 1:
                await client.SendAsync("NO");
                client.Reset();
                break;
            case 2:
                // Half a record, or half a line, and an orderly end.
                await client.Stream.Socket.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 });
                break;
            default:
                break;
        }
    }
}
