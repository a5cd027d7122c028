using System.Text.Json.Nodes;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using SmtpTlsProxy.Cli.Probing;

namespace SmtpTlsProxy.EndToEnd;

/// <summary><c>probe</c>, as its users run it, against servers that others wrote, and against the proxy itself.</summary>
public sealed class ProbeTest : IDisposable
{
    readonly Scratch _scratch = new();

    [Fact]
    public async Task PostfixIsSafeAndNoMailComesOfIt()
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "may", Extra = "mynetworks = 192.0.2.0/24" });

        (int exit, JsonNode report) = await ProbeAsync(postfix, "--intrusive", "--from", "a@elsewhere.test", "--to", "b@nowhere.test");

        Assert.True(exit == 0, report.ToString());
        Assert.Equal("ok", (string)report["verification"]!["verdict"]!);
        Assert.Equal("resumed", (string)report["tls"]!["resumption"]!);
        Assert.Equal("discarded", (string)report["intrusive"]!["injection"]!["result"]!);
        Assert.Equal("refused", (string)report["intrusive"]!["relay"]!["result"]!);
        Assert.Equal("not_tested", (string)report["intrusive"]!["endOfData"]!["result"]!);
        Assert.Empty(postfix.Recipients());
    }

    /// <summary>Debian's mynetworks holds loopback: behind a proxy without identity, that is everybody.</summary>
    [Fact]
    public async Task PostfixThatTrustsItsNeighboursRelaysForUs()
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "may" });

        (int exit, JsonNode report) = await ProbeAsync(postfix, "--intrusive");

        Assert.Equal(1, exit);
        Assert.Contains("open_relay", Faults(report));
        Assert.Empty(postfix.Recipients());
    }

    [Theory]
    [InlineData("Exim", 1, "auth_in_clear")]
    [InlineData("OpenSMTPD", 0, "no_resumption")]
    public async Task OtherServersFaultsAreNamed(string name, int exits, string fault)
    {
        await using MailServer server = name == "Exim" ? await Exim.StartAsync() : await OpenSmtpd.StartAsync();

        (int exit, JsonNode report) = await ProbeAsync(server);

        Assert.True(exit == exits, report.ToString());
        Assert.Contains(fault, Faults(report));
        Assert.Equal("ok", (string)report["verification"]!["verdict"]!);
    }

    [Fact]
    public async Task PostfixWithoutTlsIsNotSafe()
    {
        await using Postfix postfix = await Postfix.StartAsync();

        (int exit, JsonNode report) = await ProbeAsync(postfix);

        Assert.Equal(1, exit);
        Assert.Contains("no_starttls", Faults(report));
    }

    [Fact]
    public async Task OurOwnListenersAreSafeAndTellOfTheLegBehind()
    {
        await using var sink = new SmtpSink();
        using var ca = new TestCa(_scratch);
        int open = Ports.Free(), wrapped = Ports.Free(), status = Ports.Free();
        string yaml = Yaml.Whole(Yaml.Listener("mx", open, "opportunistic", "legacy") + Yaml.Listener("submissions", wrapped, "implicit", "legacy"), Yaml.Upstream("legacy", sink.Port, "none"), ca.Issue(Names.Proxy));
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(yaml, ("SMTP_TLS_PROXY__STATUS__ADDRESS", $"127.0.0.1:{status}"));

        foreach ((int port, string tls, string listener) in ((int, string, string)[])[(open, "required", "mx"), (wrapped, "implicit", "submissions")])
        {
            (int exit, JsonNode report) = await ProbeAsync($"127.0.0.1:{port}", "--tls", tls, "--name", Names.Proxy, "--ca-file", ca.File, "--status", $"127.0.0.1:{status}");

            Assert.True(exit == 0, report.ToString());
            Assert.Equal("resumed", (string)report["tls"]!["resumption"]!);
            Assert.Null(report["tls"]!["olderVersion"]);
            Assert.Equal((listener, "legacy", "none"), ((string)report["proxy"]!["listener"]!, (string)report["proxy"]!["upstream"]!, (string)report["proxy"]!["upstreamTls"]!));
        }
    }

    /// <summary>What the running proxy wrote down is what explain holds a server against.</summary>
    [Fact]
    public async Task ExplainKnowsWhatTheRunningProxyHasSeen()
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "may" });
        int port = Ports.Free();
        string state = _scratch.PathTo("state");
        Directory.CreateDirectory(state);
        string yaml = $"stateDirectory: \"{state}\"\n" + Yaml.Whole(Yaml.Listener("app", port, "none", "server"), Yaml.Upstream("server", postfix.Port, "opportunistic", Yaml.Verified(postfix.CaFile)));
        await using (ProxyProcess proxy = await ProxyProcess.StartAsync(yaml))
        {
            await using RawSmtp client = await RawSmtp.GreetedAsync(port);
            await client.QuitAsync();
            await proxy.StopAsync();
        }
        string file = _scratch.Write("explain.yaml", yaml);

        Ran ran = (await ProxyProcess.RunAsync("explain", "server", "--config", file)).MustSucceed("explain");

        Assert.All((string[])["upstream server: safe", "verified", "security.json", "nothing was lost", "tls: required", "mode: pkix, name: mail.test"], word => Assert.Contains(word, ran.Output));
        Assert.DoesNotContain('\u001b', ran.Output);
    }

    [Fact]
    public async Task OldTlsAloneIsNamed()
    {
        int port = Ports.Free();
        await using Daemon old = await SServerAsync(port, 2048, "-tls1_1");

        (int exit, JsonNode report) = await ProbeAsync($"127.0.0.1:{port}", "--tls", "implicit", "--timeout", "2s");

        Assert.Equal(1, exit);
        Assert.Contains("old_tls_only", Faults(report));
        Assert.Equal("TLSv1.1", (string)report["tls"]!["weakest"]!["version"]!);
    }

    [Fact]
    public async Task OldTlsBesideNewAndAWeakKeyAreNamed()
    {
        int port = Ports.Free();
        await using Daemon weak = await SServerAsync(port, 1024);

        (int exit, JsonNode report) = await ProbeAsync($"127.0.0.1:{port}", "--tls", "implicit", "--timeout", "1s");

        Assert.Equal(1, exit);
        Assert.Contains("weak_key", Faults(report));
        Assert.Contains("old_tls_accepted", Faults(report));
    }

    [Fact]
    public async Task ExitCodesAreTheContracts()
    {
        Ran nobody = await ProxyProcess.RunAsync("probe", $"127.0.0.1:{Ports.Free()}");
        Ran wrong = await ProxyProcess.RunAsync("probe", "127.0.0.1", "--tls", "sometimes");
        Ran unknown = await ProxyProcess.RunAsync("probe", "127.0.0.1", "--no-such-flag");

        Assert.Equal((2, 64, 64), (nobody.ExitCode, wrong.ExitCode, unknown.ExitCode));
        Assert.Contains("UNREACHABLE", nobody.Output);
        Assert.DoesNotContain('\u001b', nobody.Output);
        Assert.Equal("", wrong.Output);
        Assert.Contains("--tls", wrong.Errors);
    }

    public void Dispose() => _scratch.Dispose();

    static Task<(int Exit, JsonNode Report)> ProbeAsync(MailServer server, params string[] more) =>
        ProbeAsync([$"127.0.0.1:{server.Port}", "--name", Names.Server, "--ca-file", server.CaFile, .. more]);

    static async Task<(int Exit, JsonNode Report)> ProbeAsync(params string[] arguments)
    {
        Ran ran = await ProxyProcess.RunAsync(["probe", .. arguments, "--json"]);
        Assert.True(ran.Output.Length > 0, ran.All);
        using JsonTextReader reader = new(new StringReader(ran.Output)) { DateParseHandling = DateParseHandling.None };
        Assert.Empty((await NJsonSchema.JsonSchema.FromJsonAsync(ReportSchema.Probe)).Validate(JToken.ReadFrom(reader)));
        return (ran.ExitCode, JsonNode.Parse(ran.Output)!);
    }

    static string[] Faults(JsonNode report) => [.. report["faults"]!.AsArray().Select(fault => (string)fault!["code"]!)];

    // What this OpenSSL still has, it speaks; it greets nobody.
    async Task<Daemon> SServerAsync(int port, int bits, params string[] versions)
    {
        string key = _scratch.PathTo($"{bits}.key"), certificate = _scratch.PathTo($"{bits}.crt");
        await Shell.MustAsync(Needs.Tool("openssl"), "req", "-x509", "-newkey", $"rsa:{bits}", "-nodes", "-keyout", key, "-out", certificate, "-days", "30", "-subj", "/CN=old.test");
        var server = new Daemon(Needs.Tool("openssl"), ["s_server", "-accept", $"127.0.0.1:{port}", "-key", key, "-cert", certificate, "-cipher", "ALL:@SECLEVEL=0", "-quiet", .. versions.DefaultIfEmpty("-min_protocol").Concat(versions.Length == 0 ? ["TLSv1"] : [])]);
        await Eventually.TrueAsync(async () => await IsOpenAsync(port), () => "s_server listens: " + server.Said);
        return server;
    }

    static async Task<bool> IsOpenAsync(int port)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        try
        {
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
