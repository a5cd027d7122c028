using System.Diagnostics;
using System.Net;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Destinations by name, with a real resolver on loopback, while sessions run.</summary>
public sealed class ResolverTest : IAsyncDisposable
{
    const string Name = "mail.far.test";
    readonly TinyDns _dns = new();
    readonly List<NamedServer> _servers = [];
    readonly int _port = Ports.Free();
    readonly int _listener = Ports.Free();

    [Fact]
    public async Task ANameThatMovesIsFollowed_AndItsLastAddressHoldsWhileDnsFails()
    {
        Serve("two", "127.0.0.2");
        Serve("three", "127.0.0.3");
        _dns.Says(Name, "127.0.0.2");
        await using ProxyProcess proxy = await StartAsync();
        await using RawSmtp old = await RawSmtp.ConnectAsync(_listener);
        await old.ExpectAsync("220 two");

        _dns.Says(Name, "127.0.0.3");
        await GreetsAsync("three");
        await old.AskAsync("NOOP", "250");

        _dns.Fails(Name);
        await Eventually.TrueAsync(() => proxy.Said.Contains("addresses that were known last are used", StringComparison.Ordinal), "the failure is told");
        Assert.Equal("three", await GreetingAsync());

        _dns.Says(Name, "127.0.0.2");
        await GreetsAsync("two");
        await old.AskAsync("NOOP", "250");
        await old.QuitAsync();
    }

    [Fact]
    public async Task ADeadIPv6CostsNothingWhereIPv4Lives()
    {
        Serve("four", "127.0.0.2");
        _dns.Says(Name, "::1", "127.0.0.2");
        await using ProxyProcess proxy = await StartAsync();
        await GreetsAsync("four");
        long began = Stopwatch.GetTimestamp();
        Assert.Equal("four", await GreetingAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 1);
        Assert.Equal(0, (await proxy.MetricsAsync())["upstream_connects_total", ("result", "refused")]);
    }

    [Fact]
    public async Task EachAddressOfANameServesSessions_AndADeadOneNone()
    {
        foreach (string end in (string[])["2", "3", "4"])
            Serve(end, $"127.0.0.{end}");
        _dns.Says(Name, "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5");
        await using ProxyProcess proxy = await StartAsync();
        await GreetsAsync("2");
        HashSet<string> greeted = [];
        for (int i = 0; i < 16; i++)
            greeted.Add(await GreetingAsync());
        Assert.Equal(["2", "3", "4"], greeted.Order());
    }

    [Fact]
    public async Task ANameThatIsUnknownAtTheStartIsAWarning()
    {
        Serve("late", "127.0.0.2");
        await using ProxyProcess proxy = await StartAsync();
        await using RawSmtp early = await RawSmtp.ConnectAsync(_listener);
        await early.ExpectAsync("421 4.4.3");
        Assert.Contains($"Destination {Name} has no address", proxy.Said);
        _dns.Says(Name, "127.0.0.2");
        await GreetsAsync("late");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NamedServer server in _servers)
            await server.DisposeAsync();
        await _dns.DisposeAsync();
    }

    void Serve(string name, string address) => _servers.Add(new NamedServer(name, new IPEndPoint(IPAddress.Parse(address), _port)));

    Task<ProxyProcess> StartAsync() => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("app", _listener, "none", "far", "allow: [127.0.0.0/8]"),
        $"  far: {{ destinations: [\"{Name}:{_port}\"], tls: none }}\n",
        more: $"dns: {{ servers: [\"127.0.0.1:{_dns.Port}\"] }}\n"));

    Task GreetsAsync(string name) => Eventually.TrueAsync(async () => await GreetingAsync() == name, () => $"{name} greets", TimeSpan.FromSeconds(15));

    async Task<string> GreetingAsync()
    {
        await using RawSmtp client = await RawSmtp.ConnectAsync(_listener);
        string greeting = await client.ReplyAsync();
        await client.SendAsync("QUIT\r\n");
        return greeting.StartsWith("220 ", StringComparison.Ordinal) ? greeting.Split(' ')[1] : greeting;
    }
}
