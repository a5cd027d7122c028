namespace SmtpTlsProxy.EndToEnd;

/// <summary>A hostile crowd beside one who only wants to send mail; when it has gone, nothing is left of it (rules 6.2, 6.5).</summary>
public sealed class CrowdTest(ITestOutputHelper output) : IDisposable
{
    readonly Scratch _scratch = new();

    [Fact(DisableParallelization = true)]
    public async Task BesideAHostileCrowdAGoodSessionIsServedAndNothingOfTheCrowdStays_6_5()
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Capabilities = ["PIPELINING", "CHUNKING", "8BITMIME", "AUTH LOGIN"] });
        await using CrowdedProxy crowded = await CrowdedProxy.StartAsync(ca, sink.Port);
        await using Crowd crowd = new(crowded.Mx, crowded.Submissions, ca.File);

        await crowd.GatherAsync();
        await using (RawSmtp good = await RawSmtp.SecuredAsync(crowded.Mx, ca.File))
        {
            for (int i = 0; i < 5; i++)
                Assert.StartsWith("250", await good.MailAsync("reader@own.test", Letters.Tricky()));
            await good.QuitAsync();
        }
        int messages = sink.Messages;
        MetricsPage page = await crowded.Proxy.MetricsAsync();
        output.WriteLine($"{page["sessions"]} sessions open beside the good one; {crowd.JunkAnswers} junk commands answered");
        await crowd.DisposeAsync();

        Assert.Equal(5, messages);
        Assert.True(crowd.JunkAnswers >= 10_000, $"{crowd.JunkAnswers} junk commands were answered");
        await Quiet.ReachedAsync(crowded.Proxy);
        page = await crowded.Proxy.MetricsAsync();
        Assert.Equal(0, page["live_objects"]);
        Assert.Equal(0, page["sessions"]);
        Assert.Equal(0, page["sessions_total", ("end", "fault")]);
        Assert.Equal(5, sink.Messages);
        await crowded.Proxy.StopAsync();
    }

    /// <summary>By hand: whole sessions (connection, STARTTLS, one message, QUIT), in turn through a crowded proxy and through one that nobody else uses.</summary>
    [Fact(Explicit = true, DisableParallelization = true)]
    [Trait("Length", "long")]
    public async Task HowLongAGoodSessionTakesBesideTheCrowd()
    {
        const int Sessions = 200;
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Capabilities = ["PIPELINING", "CHUNKING", "8BITMIME", "AUTH LOGIN"] });
        await using CrowdedProxy crowded = await CrowdedProxy.StartAsync(ca, sink.Port), empty = await CrowdedProxy.StartAsync(ca, sink.Port);
        CrowdedProxy[] both = [empty, crowded];
        Report("nobody else", await TimeAsync(both, Sessions, ca.File));
        await using Crowd crowd = new(crowded.Mx, crowded.Submissions, ca.File);
        await crowd.GatherAsync();
        Report("1,505 half-open, silent and dripping", await TimeAsync(both, Sessions, ca.File));
        crowd.KeepTalking();
        Report("and two talkers of junk", await TimeAsync(both, Sessions, ca.File));
    }

    public void Dispose() => _scratch.Dispose();

    void Report(string beside, double[][] took) => output.WriteLine(
        $"{beside}: p50 {took[0][took[0].Length / 2]:f1} ms empty, {took[1][took[1].Length / 2]:f1} ms crowded; p95 {took[0][took[0].Length * 95 / 100]:f1} and {took[1][took[1].Length * 95 / 100]:f1} ms");

    static async Task<double[][]> TimeAsync(CrowdedProxy[] proxies, int sessions, string caFile)
    {
        List<double>[] took = [[], []];
        for (int i = -5; i < sessions; i++)
        {
            for (int which = 0; which < proxies.Length; which++)
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                await using RawSmtp good = await RawSmtp.SecuredAsync(proxies[which].Mx, caFile);
                await good.MailAsync("reader@own.test", Letters.Tricky());
                await good.QuitAsync();
                if (i >= 0)
                    took[which].Add(clock.Elapsed.TotalMilliseconds);
            }
        }
        return [.. took.Select(times => times.Order().ToArray())];
    }
}

/// <summary>A proxy that lets a crowd in: its caps would keep most of it out.</summary>
sealed record CrowdedProxy(ProxyProcess Proxy, int Mx, int Submissions) : IAsyncDisposable
{
    public static async Task<CrowdedProxy> StartAsync(TestCa ca, int upstream, params (string, string)[] environment)
    {
        int mx = Ports.Free(), submissions = Ports.Free();
        const string Limits = "limits: { badCommands: 10000 }";
        ProxyProcess proxy = await ProxyProcess.StartAsync(
            Yaml.Whole(
                Yaml.Listener("mx", mx, "opportunistic", "store", Limits) + Yaml.Listener("submissions", submissions, "implicit", "store", Limits),
                Yaml.Upstream("store", upstream, "none"), ca.Issue(Names.Proxy)),
            environment);
        return new CrowdedProxy(proxy, mx, submissions);
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
