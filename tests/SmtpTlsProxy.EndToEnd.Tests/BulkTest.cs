using System.Diagnostics;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>A huge message on one loop: bounded memory, and nobody else starves (rule 5.3).</summary>
public sealed class BulkTest(ITestOutputHelper output) : IDisposable
{
    const long MiB = 1024 * 1024;
    readonly Scratch _scratch = new();

    [Theory(DisableParallelization = true)]
    [InlineData(500_000_000, 50)]
    [InlineData(1_000_000_000, 100, Explicit = true)]                     // by hand
    public async Task AHugeMessagePassesInBoundedMemoryBesideTalkers_5_3(long size, int count)
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Server) });
        int port = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            Yaml.Whole(Yaml.Listener("mx", port, "required", "store"), Yaml.Upstream("store", sink.Port, "required", Yaml.Verified(ca.File)), ca.Issue(Names.Proxy)),
            ("DOTNET_PROCESSOR_COUNT", "1"));
        RawSmtp[] talkers = await ConnectAsync(count, port, ca.File);
        long before = proxy.Memory;
        using var done = new CancellationTokenSource();
        Task<List<double>>[] talks = [.. talkers.Select(talker => TalkAsync(talker, done.Token))];

        await using RawSmtp pourer = await RawSmtp.SecuredAsync(port, ca.File);
        var clock = Stopwatch.StartNew();
        long sent = await Pourer.PourAsync(pourer, size);
        TimeSpan took = clock.Elapsed;
        await done.CancelAsync();
        List<double>[] waits = await Task.WhenAll(talks);

        double[] all = [.. waits.SelectMany(wait => wait).Order()];
        long grown = proxy.PeakMemory - before;
        output.WriteLine($"{size / 1e6 / took.TotalSeconds:f0} MB/s; peak memory {proxy.PeakMemory / MiB} MiB, {grown / MiB} MiB above the {count} idle sessions");
        output.WriteLine($"talkers: {all.Length} answers, p50 {all[all.Length / 2]:f1} ms, p99 {all[all.Length * 99 / 100]:f1} ms, longest {all[^1]:f1} ms, fewest for one {waits.Min(wait => wait.Count)}");
        Assert.Equal(sent + 3, sink.ContentOctets);
        Assert.InRange(grown, long.MinValue, 48 * MiB);
        Assert.InRange(proxy.PeakMemory, 1, 256 * MiB);
        Assert.All(waits, wait => Assert.InRange(wait.Count, 5, int.MaxValue));
        Assert.InRange(all[all.Length * 99 / 100], 0, 1_000);
        foreach (RawSmtp talker in talkers)
            await talker.DisposeAsync();
        await proxy.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();

    static async Task<RawSmtp[]> ConnectAsync(int count, int port, string caFile)
    {
        var talkers = new RawSmtp[count];
        for (int i = 0; i < count; i++)
            talkers[i] = await RawSmtp.SecuredAsync(port, caFile);
        return talkers;
    }

    /// <summary>Asks all the time, as a small dialogue does; each wait in milliseconds.</summary>
    static async Task<List<double>> TalkAsync(RawSmtp talker, CancellationToken done)
    {
        var waits = new List<double>();
        while (!done.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            await talker.AskAsync("NOOP", "250");
            waits.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
        return waits;
    }
}
