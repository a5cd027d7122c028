using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>A server that trusts 127.0.0.0/8 behind a proxy that every stranger reaches (rule 6.9): from outside, nobody may relay.</summary>
public sealed class RelayTest : IAsyncLifetime
{
    readonly Scratch _scratch = new();
    readonly int _port = Ports.Free();
    OutsideAddress? _outside;

    public async ValueTask InitializeAsync() => _outside = await OutsideAddress.TakeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_outside is not null)
            await _outside.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task TheRecipeForIngressRefusesToRelayForAStranger_6_9()
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Extra = "smtpd_authorized_xclient_hosts = 127.0.0.0/8" });
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "identity: xclient");
        string own = Names.NewRecipient();
        await using RawSmtp client = await RawSmtp.SecuredAsync(_port, _scratch.PathTo("testca.crt"), Address);

        await client.AskAsync("MAIL FROM:<stranger@client.test>", "250");
        string refusal = await client.AskAsync($"RCPT TO:<victim@{Names.Foreign}>", "4");
        Assert.Contains("Relay access denied", refusal);

        await client.AskAsync("RSET", "250");
        Assert.StartsWith("250", await client.MailAsync(own, Letters.Tricky()));
        await client.QuitAsync();
        Assert.Contains($"[{Address}]", postfix.Log);
        Assert.True(await postfix.ContentForAsync(own) is { Length: > 0 });
    }

    [Fact]
    public async Task WithoutThatLineInTheServerTheStrangerIsTurnedAwayNotRelayed_6_8()
    {
        await using Postfix postfix = await Postfix.StartAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "identity: xclient");
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port, Address);

        await client.ExpectAsync("421 4.3.5");

        Assert.Equal("", await client.Stream.RestAsync());
    }

    /// <summary>What the two above guard against does happen: else they would prove nothing.</summary>
    [Fact]
    public async Task WrittenWithoutIdentityTheServerIsARelay_6_9()
    {
        await using Postfix postfix = await Postfix.StartAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "identity: none");
        await using RawSmtp client = await RawSmtp.SecuredAsync(_port, null, Address);

        await client.AskAsync("MAIL FROM:<stranger@client.test>", "250");

        await client.AskAsync($"RCPT TO:<victim@{Names.Foreign}>", "250");
    }

    [Fact]
    public async Task IdentityNotWrittenIsRefusedAtStartWithTheRemedy_6_9()
    {
        string file = _scratch.Write("config.yaml", Configuration(10025, ""));

        Ran ran = await ProxyProcess.RunAsync("run", "--config", file);

        Assert.Equal(78, ran.ExitCode);
        Assert.Contains("identity", ran.Errors);
        Assert.Contains("xclient", ran.Errors);
    }

    string Address => _outside!.Address;

    Task<ProxyProcess> StartAsync(int upstream, string identity) => ProxyProcess.StartAsync(Configuration(upstream, identity));

    string Configuration(int upstream, string identity)
    {
        using var ca = new TestCa(_scratch);
        return Yaml.Whole(Yaml.Listener("mx", _port, "opportunistic", "legacy", address: Address), Yaml.Upstream("legacy", upstream, "none", identity), ca.Issue(Names.Proxy));
    }

    /// <summary>An address of this machine that is not loopback; where there is none, one of TEST-NET-1 (RFC 5737) for as long as the test runs.</summary>
    sealed class OutsideAddress(string address, bool isBorrowed) : IAsyncDisposable
    {
        public string Address => address;

        public static async Task<OutsideAddress> TakeAsync()
        {
            if (Own() is { } own)
                return new OutsideAddress(own, false);
            Needs.Root("this machine has only loopback, and an address must be added");
            const string Borrowed = "192.0.2.77";
            await Shell.RunAsync(Needs.Tool("ip"), ["addr", "add", Borrowed + "/32", "dev", "lo"]);
            return new OutsideAddress(Borrowed, true);
        }

        public async ValueTask DisposeAsync()
        {
            if (isBorrowed)
                await Shell.RunAsync(Needs.Tool("ip"), ["addr", "del", address + "/32", "dev", "lo"]);
        }

        static string? Own() => NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(ip => ip.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(ip))?.ToString();
    }
}
