using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Both legs cross a line that loses every twentieth packet, takes long and says things twice: clients and server are beyond it, the proxy is here.</summary>
public sealed class LossyLinkTest(ITestOutputHelper output)
{
    const int Messages = 12;

    static readonly LinkQuality s_bad = new()
    {
        Seed = 20261125, Loss = 0.05, Duplication = 0.02, Delay = TimeSpan.FromMilliseconds(200), Jitter = TimeSpan.FromMilliseconds(10),
    };

    [Fact]
    public async Task OverALossyLinkEveryMessageArrivesOnceAndWhole_AndNoTimerFires_6_1()
    {
        await using TunLink link = await TunLink.StartAsync(s_bad);
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "encrypt", Network = link.Far });
        using var scratch = new Scratch();
        using var ca = new TestCa(scratch);
        int port = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(ProxyBinary.Default.In(link.Near), Yaml.Whole(
            Yaml.Listener("mx", port, "required", "store", address: TunLink.Address(TunLink.NearHost)),
            $"  store: {{ destinations: \"{TunLink.Address(TunLink.FirstFarHost)}:{postfix.Port}\", tls: required, identity: none, {Yaml.Verified(postfix.CaFile)} }}\n",
            ca.Issue(Names.Proxy)));
        byte[][] letters = [.. Enumerable.Range(0, Messages).Select(at => at % 2 == 0 ? Big() : Letters.Tricky())];

        (string To, TimeSpan Took)[] sent = await Task.WhenAll(letters.Select(letter => SendAsync(link, port, ca.File, letter, proxy)));

        for (int at = 0; at < Messages; at++)
            ContentAssert.ArrivedWhole(letters[at], await postfix.ContentForAsync(sent[at].To));
        Assert.Equal(sent.Select(message => message.To).Order(), postfix.Recipients().Order());
        await proxy.MetricReachesAsync(Messages, "sessions_total", ("end", "quit"));
        MetricsPage metrics = await proxy.MetricsAsync();
        Assert.Equal((Messages, Messages, Messages), (metrics["sessions_total"], metrics["upstream_connects_total"], metrics["upstream_connects_total", ("result", "ok")]));
        Assert.Equal(Messages, metrics["messages_total", ("client_security", "tls"), ("upstream_security", "verified"), ("outcome", "accepted")]);
        output.WriteLine($"{link.Counts}; sessions took {sent.Min(message => message.Took.TotalSeconds):f1} to {sent.Max(message => message.Took.TotalSeconds):f1} s");
        Assert.All((LinkCounts[])[link.Counts.There, link.Counts.Back], WasBad);
    }

    // 64 KiB in which no line is like another, of octets that leave the client nothing to encode.
    static byte[] Big() => Letters.With("Big", string.Concat(Enumerable.Range(0, 1_400).Select(line => $".{line} Grüße über eine schlechte Leitung, {line * 7919L}\r\n")));

    static async Task<(string To, TimeSpan Took)> SendAsync(TunLink link, int port, string caFile, byte[] letter, ProxyProcess proxy)
    {
        string to = Names.NewRecipient();
        long began = Stopwatch.GetTimestamp();
        Sending sending = new(port, Security.StartTls, to, letter) { CaFile = caFile, Dial = () => DialAsync(link, port) };
        (await MailClient.Called("MailKit").SendAsync(sending)).MustSucceed("MailKit, and the proxy said\n" + proxy.Said);
        return (to, Stopwatch.GetElapsedTime(began));
    }

    static async Task<Socket> DialAsync(TunLink link, int port)
    {
        Socket socket = NetworkNamespace.NewSocket(link.Far);
        await socket.ConnectAsync(IPEndPoint.Parse($"{TunLink.Address(TunLink.NearHost)}:{port}"));
        return socket;
    }

    static void WasBad(LinkCounts counts)
    {
        double offered = counts.Passed - counts.Duplicated + counts.Lost;
        Assert.InRange(counts.Lost / offered, 0.02, 0.08);
        Assert.InRange(counts.Duplicated / offered, 0.002, 0.05);
        Assert.Equal(0, counts.Crowded);
    }
}
