using System.Diagnostics;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>What a message and a session cost (rule 5.3).</summary>
public sealed class MemoryTest(ITestOutputHelper output) : IDisposable
{
    const long Size = 500_000_000, MiB = 1024 * 1024, KiB = 1024;
    const int Idle = 300;
    readonly Scratch _scratch = new();

    [Fact(DisableParallelization = true)]
    public async Task ChunksPassInTheMemoryOfData_2_5_5_3()
    {
        long data = await PeakOfAsync("DATA", client => Pourer.PourAsync(client, Size));
        long chunks = await PeakOfAsync("BDAT", client => Pourer.PourChunksAsync(client, Size));
        long one = await PeakOfAsync("BDAT in one chunk", client => Pourer.PourChunksAsync(client, Size, chunks: 1));

        Assert.InRange(chunks, 1, data + 16 * MiB);
        Assert.InRange(one, 1, data + 16 * MiB);
    }

    [Fact(DisableParallelization = true)]
    public async Task AnIdleSessionCostsKilobytes_5_3()
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Server) });
        int tls = Ports.Free(), both = Ports.Free(), clear = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("tls", tls, "required", "plain") + Yaml.Listener("both", both, "required", "secured") + Yaml.Listener("clear", clear, "none", "plain", "allow: [127.0.0.0/8]"),
            Yaml.Upstream("plain", sink.Port, "none") + Yaml.Upstream("secured", sink.Port, "required", Yaml.Verified(ca.File)), ca.Issue(Names.Proxy)));
        output.WriteLine($"ready, no session: {proxy.Memory / MiB} MiB");
        // All stay: who left would leave memory to those behind.
        var clients = new List<RawSmtp>();
        long inClear = await CostAsync(proxy, clients, "clear, clear", () => RawSmtp.GreetedAsync(clear));
        long oneLeg = await CostAsync(proxy, clients, "TLS, clear", () => RawSmtp.SecuredAsync(tls, null));
        long bothLegs = await CostAsync(proxy, clients, "TLS, TLS", () => RawSmtp.SecuredAsync(both, null));
        foreach (RawSmtp client in clients)
            await client.DisposeAsync();

        Assert.InRange(inClear, long.MinValue, 100 * KiB);
        Assert.InRange(oneLeg, long.MinValue, 200 * KiB);
        Assert.InRange(bothLegs, long.MinValue, 300 * KiB);
    }

    public void Dispose() => _scratch.Dispose();

    async Task<long> PeakOfAsync(string how, Func<RawSmtp, Task<long>> pour)
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Capabilities = ["PIPELINING", "SIZE 0", "CHUNKING"] });
        int port = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", port, "required", "store"), Yaml.Upstream("store", sink.Port, "none"), ca.Issue(Names.Proxy)));
        await using RawSmtp client = await RawSmtp.SecuredAsync(port, ca.File);
        long before = proxy.Memory;
        var clock = Stopwatch.StartNew();
        long sent = await pour(client);
        output.WriteLine($"{how}: {Size / 1_000_000} MB at {sent / 1e6 / clock.Elapsed.TotalSeconds:f0} MB/s, peak memory {proxy.PeakMemory / MiB} MiB, {(proxy.PeakMemory - before) / MiB} MiB above the idle session");
        Assert.InRange(sink.ContentOctets, sent, sent + 3);
        Assert.Equal(1, sink.Messages);
        return proxy.PeakMemory;
    }

    /// <summary>Of one session that has said EHLO and is silent; a first lot warms what is shared.</summary>
    async Task<long> CostAsync(ProxyProcess proxy, List<RawSmtp> clients, string legs, Func<Task<RawSmtp>> connect)
    {
        await ConnectAsync(clients, Idle / 3, connect);
        long before = proxy.Memory;
        await ConnectAsync(clients, Idle, connect);
        long cost = (proxy.Memory - before) / Idle;
        output.WriteLine($"{legs}: {cost / KiB} KiB an idle session ({Idle} of them, resident memory)");
        return cost;
    }

    static Task ConnectAsync(List<RawSmtp> clients, int count, Func<Task<RawSmtp>> connect) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (_, _) =>
        {
            RawSmtp client = await connect();
            lock (clients)
                clients.Add(client);
        });
}
