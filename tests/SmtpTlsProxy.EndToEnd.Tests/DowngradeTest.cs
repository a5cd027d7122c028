using System.Text.RegularExpressions;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>
/// The downgrade laboratory: somebody sits between the proxy and a real Postfix. For each mode and each ratchet: what could be read of the proxy's octets.
/// With an enforced ratchet, and where TLS is required, nothing of a message.
/// </summary>
public sealed class DowngradeTest(DowngradeTest.Servers servers, ITestOutputHelper output) : IClassFixture<DowngradeTest.Servers>, IDisposable
{
    static readonly string[] s_modes = ["opportunistic", "required"];
    static readonly string[] s_ratchets = ["disabled", "report", "enforce"];

    readonly Scratch _scratch = new();

    [Fact]
    public async Task WhatLeavesInTheClearUnderEachAttack_4_4_4_5()
    {
        Postfix postfix = await servers.Offering.GetAsync();
        using var attacker = new TestCa(_scratch, "attacker");
        await using var middle = new MachineInTheMiddle(postfix.Port, attacker.Issue(Names.Server));
        (string Tls, string Ratchet, int Port)[] cells = [.. from tls in s_modes from ratchet in s_ratchets select (tls, ratchet, Ports.Free())];
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            string.Concat(cells.Select((cell, at) => Yaml.Listener($"l{at}", cell.Port, "none", $"u{at}", "allow: [127.0.0.0/8]"))),
            string.Concat(cells.Select((cell, at) => Yaml.Upstream($"u{at}", middle.Port, cell.Tls, $"ratchet: {cell.Ratchet}, {Yaml.Verified(postfix.CaFile)}")))));

        foreach (Attack attack in Enum.GetValues<Attack>())
        {
            middle.Attack = attack;
            foreach ((string tls, string ratchet, int port) in cells)
            {
                string secret = $"secret-{Guid.NewGuid():n}", reply = await SendAsync(port, secret), read = middle.Take();
                output.WriteLine($"{attack,-8} {tls,-14} {ratchet,-9} client heard {reply[..Math.Min(reply.Length, 9)]}  read on the wire: {(read.Contains(secret, StringComparison.Ordinal) ? "THE MESSAGE" : Verbs(read))}");
                Assert.StartsWith(Expected(attack, tls, ratchet), reply, StringComparison.Ordinal);
                bool mayBeRead = attack is Attack.Strip or Attack.Refuse or Attack.Swap && tls is "opportunistic" && ratchet is not "enforce";
                Assert.Equal(mayBeRead, read.Contains(secret, StringComparison.Ordinal));
                if (!mayBeRead)
                    Assert.Matches("^(EHLO [^\r\n]*\r\n|STARTTLS\r\n|QUIT\r\n)*$", read);
            }
        }

        await CountedAsync(proxy, cells);
        await Eventually.TrueAsync(() => Regex.Count(proxy.Said, "\"Loss\":\"weakened\"") == 4, "each upstream that remembers tells the swapped certificate:\n" + proxy.Said);
        await proxy.StopAsync();
    }

    [Fact]
    public async Task WhatWasSeenHoldsAcrossARestartAndACorruptFileIsSetAside_4_5()
    {
        Postfix postfix = await servers.Offering.GetAsync();
        using var attacker = new TestCa(_scratch, "attacker");
        await using var middle = new MachineInTheMiddle(postfix.Port, attacker.Issue(Names.Server));
        string state = Directory.CreateDirectory(_scratch.PathTo("state")).FullName;
        int port = Ports.Free();
        string yaml = Yaml.Whole(
            Yaml.Listener("out", port, "none", "up", "allow: [127.0.0.0/8]"), Yaml.Upstream("up", middle.Port, "opportunistic", $"ratchet: enforce, {Yaml.Verified(postfix.CaFile)}"),
            more: $"stateDirectory: \"{state}\"\n");
        await using (ProxyProcess first = await ProxyProcess.StartAsync(yaml))
        {
            Assert.StartsWith("250", await SendAsync(port, "first"), StringComparison.Ordinal);
            await first.StopAsync();
        }
        string file = Path.Combine(state, "security.json");
        Assert.Contains("\"best\": \"Verified\"", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        middle.Take();
        middle.Attack = Attack.Strip;
        await using (ProxyProcess second = await ProxyProcess.StartAsync(yaml))
        {
            await second.MetricReachesAsync(2, "upstream_security_level_best", ("upstream", "up"));
            Assert.StartsWith("421 4.7.5", await SendAsync(port, "second"), StringComparison.Ordinal);
            Assert.Matches("^EHLO [^\r\n]*\r\n$", middle.Take());
            await second.MetricReachesAsync(1, "upstream_starttls_total", ("outcome", "stripped"));
            await second.MetricReachesAsync(1, "policy_decisions_total", ("rule", "ratchet"), ("action", "refused"));
            await second.StopAsync();
        }

        await File.WriteAllTextAsync(file, "{ cut off", TestContext.Current.CancellationToken);
        await using ProxyProcess third = await ProxyProcess.StartAsync(yaml);
        await Eventually.TrueAsync(() => third.Said.Contains("was set aside as", StringComparison.Ordinal), "the corrupt file is said");
        Assert.Equal("{ cut off", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(state, "security.json.corrupt-*")), TestContext.Current.CancellationToken));
        Assert.StartsWith("250", await SendAsync(port, "third"), StringComparison.Ordinal);
        await third.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();

    static string Expected(Attack attack, string tls, string ratchet) => (attack, tls, ratchet) switch
    {
        (Attack.None, _, _) => "250",
        (Attack.Cut, _, _) => "421 4.7.5",
        (Attack.Swap, "required", _) => "421 4.7.5",
        (_, "required", _) => "421 4.7.4",
        (_, _, "enforce") => "421 4.7.5",
        _ => "250",
    };

    static async Task CountedAsync(ProxyProcess proxy, (string Tls, string Ratchet, int Port)[] cells)
    {
        MetricsPage page = await proxy.MetricsAsync();
        for (int at = 0; at < cells.Length; at++)
        {
            (string Key, string Value) upstream = ("upstream", $"u{at}");
            bool remembers = cells[at].Ratchet is not "disabled", isOpportunistic = cells[at].Tls is "opportunistic";
            Assert.Equal(remembers ? 2 : 0, page["upstream_starttls_total", upstream, ("outcome", "stripped")]);
            Assert.Equal(1, page["upstream_starttls_total", upstream, ("outcome", "not_offered")]);
            Assert.Equal(1, page["upstream_starttls_total", upstream, ("outcome", "refused")]);
            Assert.Equal(isOpportunistic && cells[at].Ratchet is "report" ? 3 : 0, page["policy_decisions_total", upstream, ("rule", "ratchet"), ("action", "would_refuse")]);
            Assert.Equal(isOpportunistic && cells[at].Ratchet is "enforce" ? 3 : 0, page["policy_decisions_total", upstream, ("rule", "ratchet"), ("action", "refused")]);
            Assert.Equal(isOpportunistic ? 0 : 1, page["upstream_tls_handshakes_total", upstream, ("result", "untrusted")]);
        }
    }

    static string Verbs(string read) => string.Join(' ', read.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));

    /// <summary>The last reply, or the one in place of a greeting.</summary>
    static async Task<string> SendAsync(int port, string content)
    {
        await using RawSmtp client = await RawSmtp.ConnectAsync(port);
        string greeting = await client.ReplyAsync();
        if (!greeting.StartsWith("220", StringComparison.Ordinal))
            return greeting;
        await client.EhloAsync();
        string reply = await client.MailAsync(Names.NewRecipient(), System.Text.Encoding.ASCII.GetBytes($"Subject: {content}\r\n\r\n{content}\r\n"));
        await client.QuitAsync();
        return reply;
    }

    public sealed class Servers : IAsyncDisposable
    {
        internal Lazily<Postfix> Offering { get; } = new(() => Postfix.StartAsync(new PostfixOptions { Tls = "may" }));

        public ValueTask DisposeAsync() => Offering.DisposeAsync();
    }
}
