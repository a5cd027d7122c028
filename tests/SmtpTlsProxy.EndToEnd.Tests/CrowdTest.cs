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

    public void Dispose() => _scratch.Dispose();
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
