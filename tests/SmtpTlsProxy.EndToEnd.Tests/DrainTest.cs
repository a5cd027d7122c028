using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>SIGTERM (rule 6.4): nobody is cut off in a transaction, nobody new is let in.</summary>
public sealed class DrainTest : IDisposable
{
    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public DrainTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task ATransactionIsFinishedAndAnIdleClientIsTold_6_4()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(sink.Port);
        await using RawSmtp idle = await RawSmtp.SecuredAsync(_port, _ca.File);
        await using RawSmtp busy = await RawSmtp.SecuredAsync(_port, _ca.File);
        await busy.AskAsync("MAIL FROM:<a@client.test>", "250");
        await busy.AskAsync("RCPT TO:<b@own.test>", "250");
        await busy.AskAsync("DATA", "354");
        await busy.SendAsync("half a ");

        proxy.Terminate();

        await idle.ExpectAsync("421 4.3.2");
        Assert.Equal("", await idle.Stream.RestAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await proxy.GetAsync("/readyz"));
        await Assert.ThrowsAsync<SocketException>(() => RawSmtp.ConnectAsync(_port));
        Assert.Equal(1, (await proxy.MetricsAsync())["draining"]);

        await busy.SendAsync("message\r\n.\r\n");
        await busy.ExpectAsync("250 2.0.0 Thrown away");
        Assert.StartsWith("421 4.3.2", await busy.Stream.RestAsync());
        await proxy.EndsAsync();
        Assert.Equal(1, sink.Messages);
    }

    [Fact]
    public async Task WhatIsLeftAtTheDeadlineIsAborted_6_4()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(sink.Port, "drain: { timeout: 1s }\n");
        await using RawSmtp busy = await RawSmtp.SecuredAsync(_port, _ca.File);
        await busy.AskAsync("MAIL FROM:<a@client.test>", "250");
        await busy.AskAsync("RCPT TO:<b@own.test>", "250");
        await busy.AskAsync("DATA", "354");

        proxy.Terminate();

        await proxy.EndsAsync(limit: TimeSpan.FromSeconds(10));
        Assert.Equal(0, sink.Messages);
    }

    [Fact]
    public async Task ASecondSignalEndsAtOnce_6_4()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(sink.Port);
        await using RawSmtp busy = await RawSmtp.SecuredAsync(_port, _ca.File);
        await busy.AskAsync("MAIL FROM:<a@client.test>", "250");

        proxy.Terminate();
        await Eventually.TrueAsync(async () => (await proxy.MetricsAsync())["draining"] == 1, () => "it drains");
        proxy.Terminate();

        // Whether cutting sessions off counts as a clean stop is left open.
        await proxy.EndsAsync(exitCode: -1, limit: TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task HalfAMessageIsNeverDelivered_5_5()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(sink.Port);
        await using RawSmtp client = await RawSmtp.SecuredAsync(_port, _ca.File);
        await client.AskAsync("MAIL FROM:<a@client.test>", "250");
        await client.AskAsync("RCPT TO:<b@own.test>", "250");
        await client.AskAsync("DATA", "354");
        await client.SendAsync("half a message\r\n");

        client.Reset();

        await proxy.MetricReachesAsync(1, "messages_total", ("outcome", "aborted"));
        await proxy.StopAsync();
        Assert.Equal(0, sink.Messages);
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    Task<ProxyProcess> StartAsync(int upstream, string more = "") => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("mx", _port, "required", "legacy"), Yaml.Upstream("legacy", upstream, "none"), _ca.Issue(Names.Proxy), more));
}
