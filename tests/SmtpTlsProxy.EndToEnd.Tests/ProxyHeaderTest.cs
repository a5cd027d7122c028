namespace SmtpTlsProxy.EndToEnd;

/// <summary>PROXY headers on either side (rule 6.8).</summary>
public sealed class ProxyHeaderTest
{
    [Fact]
    public async Task R6_8_AServerThatGreetsOnlyBehindTheHeaderIsReached()
    {
        string? header = null;
        await using var server = new ScriptedUpstream(async stream =>
        {
            header = await stream.LineAsync();
            await stream.SendAsync("220 behind.test ESMTP\r\n");
            await stream.RestAsync();
        });
        int port = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(Yaml.Listener("mx", port, "none", "legacy"), Yaml.Upstream("legacy", server.Port, "none", "identity: proxyV1")));

        await using RawSmtp client = await RawSmtp.ConnectAsync(port);

        await client.ExpectAsync("220 behind.test");
        Assert.StartsWith("PROXY TCP4 127.0.0.1 ", header);
        await proxy.StopAsync();
    }
}
