using System.Diagnostics;
using System.Net;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Servers that vanish from the network while they are dialled: no refusal, no reset, nothing. Each has an upstream of its own, and all are asked at once.</summary>
public sealed class DialledHoleTest
{
    const byte Nowhere = 2, Mute = 3, DeafInTls = 4, Slow = 5, Living = 6;
    const int Port = 2525;
    static readonly TimeSpan s_slack = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task WhoDialsIntoABlackHoleIsToldInTime_AndAnotherServerTakesOver_4_6_6_1()
    {
        await using TunLink link = await TunLink.StartAsync();
        using var scratch = new Scratch();
        using var ca = new TestCa(scratch);
        await using SmtpSink sink = new(new SinkOptions { At = new IPEndPoint(IPAddress.Any, Port), Network = link.Far, Certificate = ca.Issue(Names.Server) });
        var cases = new Cases();
        int connecting = cases.Add("connecting", [Nowhere], "connect: 1s, upstreamReady: 20s");
        int hurrying = cases.Add("hurrying", [Nowhere], "connect: 20s, upstreamReady: 2s");
        int greeting = cases.Add("greeting", [Mute], "upstreamReady: 2s");
        int shaking = cases.Add("shaking", [DeafInTls], "handshake: 1s, upstreamReady: 20s", "required");
        int healing = cases.Add("healing", [Slow], "connect: 15s");
        int other = cases.Add("other", [Nowhere, Living], "attempt: 1s, connect: 15s, upstreamReady: 12s");
        int another = cases.Add("another", [Mute, Living], "attempt: 1s, upstreamReady: 12s");
        int none = cases.Add("none", [Nowhere, Mute], "attempt: 1s, upstreamReady: 3s");
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(ProxyBinary.Default.In(link.Near), cases.Yaml);
        link.Swallow(Nowhere);
        link.Swallow(Mute, packet => packet.IsFromFar && packet.Content.Length > 0);
        link.Swallow(DeafInTls, packet => packet.Content is [0x16, ..]);      // TLS handshake records
        link.Swallow(Slow);

        await Task.WhenAll(
            IsToldAsync(link, connecting, 1),
            IsToldAsync(link, hurrying, 2),
            IsToldAsync(link, greeting, 2),
            IsToldAsync(link, shaking, 1),
            IsToldAsync(link, none, 3),
            DeliversAsync(link, other, 1),
            DeliversAsync(link, another, 1),
            DeliversAsync(link, healing, 0.5),
            HealAsync(link, Slow, TimeSpan.FromSeconds(0.5)));

        MetricsPage metrics = await proxy.MetricsAsync();
        foreach (string upstream in (string[])["connecting", "hurrying", "greeting"])
            Assert.Equal(1, metrics["upstream_connects_total", ("upstream", upstream), ("result", "timeout")]);
        Assert.Equal(1, metrics["upstream_tls_handshakes_total", ("upstream", "shaking"), ("result", "timeout")]);
        Assert.Equal(1, metrics["upstream_connects_total", ("upstream", "shaking"), ("result", "tls")]);
        Assert.Equal(2, metrics["upstream_connects_total", ("upstream", "none"), ("result", "timeout")]);
        foreach (string upstream in (string[])["other", "another"])
        {
            Assert.Equal(1, metrics["upstream_connects_total", ("upstream", upstream), ("destination", "d1"), ("result", "timeout")]);
            Assert.Equal(1, metrics["upstream_connects_total", ("upstream", upstream), ("destination", "d2"), ("result", "ok")]);
            Assert.Equal(1, metrics["upstream_retries_total", ("upstream", upstream)]);
        }
        Assert.Equal(1, metrics["upstream_connects_total", ("upstream", "healing")]);
        Assert.Equal(3, sink.Messages);
        Assert.Empty(sink.Faults);
    }

    static async Task IsToldAsync(TunLink link, int port, double afterSeconds)
    {
        long began = Stopwatch.GetTimestamp();
        await using RawSmtp client = await RawSmtp.ConnectAsync(port, network: link.Near);
        Assert.StartsWith("421 4.4.2", await client.ReplyAsync());
        InTime(began, afterSeconds);
        Assert.Equal("", await client.Stream.RestAsync());
    }

    static async Task DeliversAsync(TunLink link, int port, double afterSeconds)
    {
        long began = Stopwatch.GetTimestamp();
        await using RawSmtp client = await RawSmtp.GreetedAsync(port, network: link.Near);
        InTime(began, afterSeconds);
        await client.EhloAsync();
        Assert.StartsWith("250", await client.MailAsync(Names.NewRecipient(), Letters.Tricky()));
        await client.QuitAsync();
    }

    static void InTime(long began, double seconds)
    {
        TimeSpan limit = TimeSpan.FromSeconds(seconds);
        Assert.InRange(Stopwatch.GetElapsedTime(began), limit - TimeSpan.FromMilliseconds(50), limit + s_slack);
    }

    static async Task HealAsync(TunLink link, byte host, TimeSpan after)
    {
        await Task.Delay(after);
        link.Heal(host);
    }

    /// <summary>A listener and an upstream for each.</summary>
    sealed class Cases
    {
        string _listeners = "", _upstreams = "";

        public string Yaml => Bench.Yaml.Whole(_listeners, _upstreams);

        public int Add(string name, byte[] hosts, string timeouts, string tls = "none")
        {
            int port = Ports.Free();
            _listeners += Bench.Yaml.Listener(name, port, "none", name, "allow: [127.0.0.0/8]");
            string destinations = string.Join(", ", hosts.Select(host => $"\"{TunLink.Address(host)}:{Port}\""));
            _upstreams += $"  {name}: {{ destinations: [{destinations}], tls: {tls}, verify: {{ mode: none }}, loadBalancing: firstHealthy, timeouts: {{ {timeouts} }} }}\n";
            return port;
        }
    }
}
