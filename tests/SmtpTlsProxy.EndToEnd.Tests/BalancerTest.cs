namespace SmtpTlsProxy.EndToEnd;

/// <summary>A real balancer in front, real servers behind, and what peers do who are neither (rule 6.8).</summary>
public sealed class BalancerTest : IDisposable
{
    const string Client = "127.0.0.7", Balancer = "127.0.0.1", Stranger = "127.0.0.9";
    const string Signature = "\r\n\r\n\0\r\nQUIT\n";

    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public BalancerTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task BehindHaProxyTheServerSeesTheRealClient_6_8()
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Extra = "smtpd_authorized_xclient_hosts = 127.0.0.0/8" });
        await using ProxyProcess proxy = await StartAsync(Yaml.Upstream("legacy", postfix.Port, "none", "identity: xclient"));
        await using HaProxy balancer = await HaProxy.StartAsync(_port);
        foreach ((int port, string from) in ((int, string)[])[(balancer.V1Port, Client), (balancer.V2Port, "127.0.0.8")])
        {
            string to = Names.NewRecipient();
            await using RawSmtp client = await RawSmtp.ConnectFromAsync(from, port);
            await client.ExpectAsync("220");
            await client.EhloAsync();
            await client.AskAsync("STARTTLS", "220");
            await client.HandshakeAsync(_ca.File);
            await client.EhloAsync();

            Assert.StartsWith("250", await client.MailAsync(to, Letters.Tricky()));

            await client.QuitAsync();
            Assert.True(await postfix.ContentForAsync(to) is { Length: > 0 });
            Assert.Matches($@"client=\S*\[{from.Replace(".", @"\.", StringComparison.Ordinal)}\]", postfix.Log);
        }
        await proxy.StopAsync();
    }

    [Theory]
    [InlineData("proxyV1")]
    [InlineData("proxyV2")]
    public async Task PostfixTakesTheHeaderAndSeesTheClient_6_8(string identity)
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Proxy = true });
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", _port, "opportunistic", "legacy"), Yaml.Upstream("legacy", postfix.ProxyPort, "none", "identity: " + identity), _ca.Issue(Names.Proxy)));
        string to = Names.NewRecipient();
        await using RawSmtp client = await RawSmtp.ConnectFromAsync(Client, _port);
        await client.ExpectAsync("220");
        await client.EhloAsync();

        Assert.StartsWith("250", await client.MailAsync(to, Letters.Tricky()));

        await client.QuitAsync();
        Assert.True(await postfix.ContentForAsync(to) is { Length: > 0 });
        Assert.Matches(@"client=\S*\[127\.0\.0\.7\]", postfix.Log);
        await proxy.StopAsync();
    }

    [Theory]
    [InlineData("v1", "PROXY UNKNOWN\r\n")]
    [InlineData("v1 with more words", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n")]
    [InlineData("v2 LOCAL", Signature + "\x20\0\0\0")]
    [InlineData("v2 LOCAL with addresses", Signature + "\x20\x11\0\x0c" + "\x01\x02\x03\x04\x05\x06\x07\x08\0\x19\0\x19")]
    public async Task ABalancersOwnCheckIsServed_6_8(string what, string header)
    {
        string? identity = null;
        await using var server = new ScriptedUpstream(async stream =>
        {
            identity = await stream.LineAsync();
            await stream.SendAsync("220 behind.test ESMTP\r\n");
            await stream.RestAsync();
        });
        await using ProxyProcess proxy = await StartAsync(Yaml.Upstream("legacy", server.Port, "none", "identity: proxyV1"));
        await using RawSmtp check = await RawSmtp.ConnectFromAsync(Balancer, _port);

        await check.SendAsync(header);

        await check.ExpectAsync("220 behind.test");
        Assert.True(identity!.StartsWith($"PROXY TCP4 {Balancer} ", StringComparison.Ordinal), what + ": " + identity);
    }

    [Fact]
    public async Task WhatIsNoHeaderIsClosedAndCountedAndReachesNoServer_6_8()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(Yaml.Upstream("legacy", sink.Port, "none", "identity: proxyV1"), "timeouts: { proxyHeader: 1s }");
        (string What, string From, string Octets, string End)[] all =
        [
            ("late", Balancer, "", "timeout"),
            ("v1 that never ends", Balancer, "PROXY TCP4 192.0.2.1 ", "timeout"),
            ("v2 cut in its signature", Balancer, Signature[..7], "timeout"),
            ("v2 cut in its addresses", Balancer, Signature + "\x21\x11\0\x0c\x01\x02", "timeout"),
            ("v1 over 107 octets", Balancer, "PROXY TCP4 " + new string('1', 200), "violation"),
            ("v2 longer than any", Balancer, Signature + "\x21\x11\xff\xff", "violation"),
            ("v1 of UDP", Balancer, "PROXY UDP4 192.0.2.1 192.0.2.2 1 25\r\n", "violation"),
            ("v1 with a port too great", Balancer, "PROXY TCP4 192.0.2.1 192.0.2.2 70000 25\r\n", "violation"),
            ("v1 with mixed families", Balancer, "PROXY TCP4 192.0.2.1 2001:db8::1 1 25\r\n", "violation"),
            ("v2 of UNIX", Balancer, Signature + "\x21\x31\0\xd8" + new string('u', 216), "violation"),
            ("v2 of UDP", Balancer, Signature + "\x21\x12\0\x0c" + new string('\x01', 12), "violation"),
            ("v2 too short for its family", Balancer, Signature + "\x21\x21\0\x0c" + new string('\x01', 12), "violation"),
            ("v2 with a TLV beyond its end", Balancer, Signature + "\x21\x11\0\x0f" + new string('\x01', 12) + "\x01\xff\xff", "violation"),
            ("v2 with half a TLV", Balancer, Signature + "\x21\x11\0\x0e" + new string('\x01', 12) + "\x01\0", "violation"),
            ("v2 of version 3", Balancer, Signature + "\x31\x11\0\x0c" + new string('\x01', 12), "violation"),
            ("no header, a command", Balancer, "EHLO client.test\r\n", "violation"),
            ("no header, a ClientHello", Balancer, "\x16\x03\x01\x02\0\x01", "violation"),
            ("a foreign network", Stranger, "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n", "policy"),
            ("a foreign network without a word", Stranger, "", "policy"),
        ];

        await Task.WhenAll(all.Select(bad => IsClosedAsync(bad.What, bad.From, bad.Octets)));

        foreach (IGrouping<string, (string, string, string, string)> end in all.GroupBy(bad => bad.End, bad => bad))
            await proxy.MetricReachesAsync(end.Count(), "sessions_total", ("listener", "mx"), ("end", end.Key));
        Assert.Equal(all.Length, (await proxy.MetricsAsync())["sessions_total"]);
        Assert.Equal(0, sink.Connections);
        await Quiet.ReachedAsync(proxy);
        await proxy.StopAsync();
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    Task<ProxyProcess> StartAsync(string upstream, string more = "") => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("mx", _port, "opportunistic", "legacy", $"proxyProtocol: {{ from: [{Balancer}/32] }}{(more.Length > 0 ? ", " + more : "")}"), upstream, _ca.Issue(Names.Proxy)));

    async Task IsClosedAsync(string what, string from, string octets)
    {
        await using RawSmtp peer = await RawSmtp.ConnectFromAsync(from, _port);
        try
        {
            await peer.SendAsync(octets);
        }
        catch (Exception gone) when (SmtpStream.IsGone(gone))
        {
            // closed before it had a word
        }
        string heard = await peer.Stream.RestAsync();
        Assert.True(heard.Length == 0, $"{what} was told: {heard}");
    }
}
