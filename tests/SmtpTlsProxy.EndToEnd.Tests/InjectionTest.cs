namespace SmtpTlsProxy.EndToEnd;

/// <summary>Plaintext behind STARTTLS, on either leg, whole and cut at every octet (CVE-2011-0411, NO STARTTLS 2021).</summary>
public sealed class InjectionTest : IDisposable
{
    const string Command = "STARTTLS\r\n", Reply = "220 2.0.0 Go\r\n";
    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public InjectionTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task PlaintextBehindStartTlsIsRefusedWhereverItIsCut_3_3()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartIngressAsync(sink.Port);
        string injected = Command + "RSET\r\nMAIL FROM:<evil@client.test>\r\n";
        int refusals = 0;

        for (int cut = 0; cut < injected.Length; cut++)
        {
            await using RawSmtp client = await RawSmtp.GreetedAsync(_port);
            await client.EhloAsync();
            await client.SendCutAsync(injected, cut);
            string answer = await client.Stream.RestAsync();

            // Cut right behind STARTTLS the rest comes when the 220 is out: it is no TLS record, and the leg ends without words (3.5).
            if (cut == Command.Length && answer.StartsWith("220", StringComparison.Ordinal))
                Assert.Single(answer.Split("\r\n", StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("220", StringComparison.Ordinal));
            else
            {
                Assert.True(answer.StartsWith("503 5.5.1", StringComparison.Ordinal) && answer.Count(octet => octet == '\n') == 1, $"cut at {cut}: {answer}");
                refusals++;
            }
        }

        Assert.InRange(refusals, injected.Length - 1, injected.Length);
        Assert.False(sink.Heard("MAIL") || sink.Heard("RSET"), string.Concat(sink.Commands));
        await proxy.MetricReachesAsync(refusals, "listener_starttls_total", ("outcome", "injection"));
        await proxy.StopAsync();
    }

    [Fact]
    public async Task ASingleOctetBehindStartTlsIsRefused_3_3()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartIngressAsync(sink.Port);
        await using RawSmtp client = await RawSmtp.GreetedAsync(_port);
        await client.EhloAsync();

        await client.SendAsync(Command + "\n");

        await client.ExpectAsync("503 5.5.1");
        Assert.Equal("", await client.Stream.RestAsync());
        await proxy.MetricReachesAsync(1, "listener_starttls_total", ("outcome", "injection"));
    }

    [Fact]
    public async Task WhatWasSaidBeforeTlsIsForgottenInsideIt_3_4()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartIngressAsync(sink.Port, "opportunistic");
        await using RawSmtp client = await RawSmtp.GreetedAsync(_port);
        await client.EhloAsync();
        await client.AskAsync("MAIL FROM:<before@client.test>", "250");
        await client.AskAsync("STARTTLS", "220");
        await client.HandshakeAsync(_ca.File);

        await client.AskAsync("RCPT TO:<reader@own.test>", "503 5.5.1");

        await client.EhloAsync();
        await client.QuitAsync();
        Assert.False(sink.Heard("RCPT"));
        Assert.True(sink.Heard("RSET"));
    }

    [Fact]
    public async Task PlaintextBehindTheServersAnswerIsRefusedWhereverItIsCut_4_3()
    {
        string injected = Reply + "250 2.0.0 Injected\r\n";
        int cut = 0;
        await using var sink = new SmtpSink(new SinkOptions
        {
            Certificate = _ca.Issue(Names.Server),
            StartTlsReply = Reply,
            BehindStartTls = injected[Reply.Length..],
            Cut = () => Volatile.Read(ref cut),
        });
        await using ProxyProcess proxy = await StartEgressAsync(sink.Port);

        for (; cut < injected.Length; cut++)
        {
            await using RawSmtp client = await RawSmtp.ConnectAsync(_port);
            string answer = await client.Stream.RestAsync();
            Assert.True(answer.StartsWith("421 4.7.5", StringComparison.Ordinal) && answer.Count(octet => octet == '\n') == 1, $"cut at {cut}: {answer}");
        }

        Assert.False(sink.Heard("EHLO", inTls: true), "went on inside TLS");
        // Cut right behind the answer the rest comes into the handshake, which fails.
        await proxy.MetricReachesAsync(injected.Length - 1, "upstream_starttls_total", ("outcome", "injection"));
        await proxy.StopAsync();
    }

    [Fact]
    public async Task AnAnswerThatWasNotAskedForEndsTheLegBeforeStartTls_4_3()
    {
        await using var server = new ScriptedUpstream(async stream =>
        {
            await stream.SendAsync("220 mail.test ESMTP\r\n");
            await stream.LineAsync();
            await stream.SendAsync("250-mail.test\r\n250 STARTTLS\r\n220 2.0.0 Go\r\n");
            Assert.DoesNotContain("STARTTLS", await stream.RestAsync());
        });
        await using ProxyProcess proxy = await StartEgressAsync(server.Port);
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port);

        await client.ExpectAsync("421 4.7.5");

        Assert.Equal("", await client.Stream.RestAsync());
        Assert.Empty(server.Faults);
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    Task<ProxyProcess> StartIngressAsync(int upstream, string tls = "required") =>
        ProxyProcess.StartAsync(Yaml.Whole(Yaml.Listener("mx", _port, tls, "legacy"), Yaml.Upstream("legacy", upstream, "none"), _ca.Issue(Names.Proxy)));

    Task<ProxyProcess> StartEgressAsync(int upstream) => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("outbound", _port, "none", "smarthost", "allow: [127.0.0.0/8]"), Yaml.Upstream("smarthost", upstream, "required", Yaml.Verified(_ca.File))));
}
