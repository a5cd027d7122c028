using System.Text.RegularExpressions;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>The commands as a user types them.</summary>
public sealed partial class CommandLineTest : IDisposable
{
    readonly Scratch _scratch = new();

    [Theory]
    [InlineData("run")]
    [InlineData("demo")]
    [InlineData("check")]
    [InlineData("probe")]
    [InlineData("explain")]
    [InlineData("status")]
    [InlineData("drain")]
    [InlineData("healthcheck")]
    public async Task ACommandHasHelpWithAnExample(string command)
    {
        Ran ran = (await ProxyProcess.RunAsync(command, "--help")).MustSucceed(command);

        Assert.Contains("smtp-tls-proxy " + command, ran.Output);
    }

    [Fact]
    public async Task HelpNamesTheCommands()
    {
        Ran ran = (await ProxyProcess.RunAsync("--help")).MustSucceed("--help");

        Assert.All((string[])["run", "demo", "check", "probe", "explain", "status", "drain", "healthcheck", "config"], command => Assert.Contains(command, ran.Output));
    }

    [Fact]
    public async Task TheVersionIsOneLineThatBeginsWithANumber()
    {
        Ran ran = (await ProxyProcess.RunAsync("--version")).MustSucceed("--version");

        Assert.Matches(@"\d+\.\d+\.\d+", ran.Output);
    }

    [Fact]
    public async Task AnUnknownFlagIsAUsageError() => Assert.Equal(64, (await ProxyProcess.RunAsync("run", "--no-such-flag")).ExitCode);

    [Fact]
    public async Task CheckAcceptsAGoodFile()
    {
        using var ca = new TestCa(_scratch);
        string file = _scratch.Write("config.yaml", Yaml.Whole(Yaml.Listener("mx", 2525, "opportunistic", "legacy"), Yaml.Upstream("legacy", 10025, "none"), ca.Issue(Names.Proxy)));

        (await ProxyProcess.RunAsync("check", "--offline", "--config", file)).MustSucceed("check");
        Ran printed = (await ProxyProcess.RunAsync("check", "--offline", "--print", "--config", file)).MustSucceed("check --print");

        Assert.Contains("10025", printed.Output);
    }

    [Fact]
    public async Task CheckNamesEveryMistakeWithItsPath()
    {
        string file = _scratch.Write("config.yaml", Yaml.Whole(Yaml.Listener("mx", 2525, "sometimes", "nowhere", "colour: blue"), Yaml.Upstream("legacy", 10025, "none")));

        Ran ran = await ProxyProcess.RunAsync("check", "--offline", "--config", file);

        Assert.Equal(78, ran.ExitCode);
        Assert.All((string[])["mx", "sometimes", "nowhere", "colour"], word => Assert.Contains(word, ran.All, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("   at ", ran.All);
    }

    [Theory]
    [InlineData("tls: opportunistic", "tls: yes", "config.yaml:2:")]
    [InlineData("  mx:", "\tmx:", "config.yaml:2:")]
    [InlineData("upstream: legacy", "upstream: legcay", "Did you mean legacy?")]
    [InlineData("certFile:", "keyFile: /tmp, certFile:", "written twice")]
    [InlineData(".crt\"", ".crt.old\"", "cannot be read")]
    public async Task CheckAndRunRefuseAMistakeInOneLine(string sound, string wrong, string told)
    {
        using var ca = new TestCa(_scratch);
        string yaml = Yaml.Whole(Yaml.Listener("mx", 2525, "opportunistic", "legacy"), Yaml.Upstream("legacy", 10025, "none"), ca.Issue(Names.Proxy));
        Assert.Contains(sound, yaml);
        string file = _scratch.Write("config.yaml", yaml.Replace(sound, wrong, StringComparison.Ordinal));

        foreach (string[] command in (string[][])[["check", "--offline"], ["run"]])
        {
            Ran ran = await ProxyProcess.RunAsync([.. command, "--config", file]);

            Assert.Equal(78, ran.ExitCode);
            Assert.Single(ran.All.Split('\n'), line => line.Contains(told, StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", ran.All);
        }
    }

    [Fact]
    public async Task RunRefusesAFileThatIsNotThere()
    {
        Ran ran = await ProxyProcess.RunAsync("run", "--config", _scratch.PathTo("missing.yaml"));

        Assert.Equal(78, ran.ExitCode);
        Assert.Contains("missing.yaml", ran.Errors);
        Assert.DoesNotContain("   at ", ran.All);
    }

    [Theory]
    [InlineData("ingress")]
    [InlineData("egress")]
    public async Task AnExampleIsPrinted(string kind)
    {
        Ran ran = (await ProxyProcess.RunAsync("config", "example", kind)).MustSucceed("config example");

        Assert.Contains("listeners:", ran.Output);
    }

    [Fact]
    public async Task RunWithoutAFileTakesOneListenerFromFlags()
    {
        await using var sink = new SmtpSink();
        using var ca = new TestCa(_scratch);
        PemPair pair = ca.Issue(Names.Proxy);
        int port = Ports.Free();
        await using ProxyProcess proxy = ProxyProcess.Start("run", "--listen", $"127.0.0.1:{port}", "--tls", "opportunistic", "--upstream", $"127.0.0.1:{sink.Port}", "--upstream-tls", "none",
            "--cert", pair.CertFile, "--key", pair.KeyFile, "--metrics", "disabled");
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(port), () => "it greets:\n" + proxy.Said);

        await using RawSmtp client = await RawSmtp.SecuredAsync(port, ca.File);

        Assert.StartsWith("250", await client.MailAsync("reader@own.test", Letters.Tricky()));
        await client.QuitAsync();
        await proxy.StopAsync();
    }

    [Fact]
    public async Task TheDemoShowsAMessageBothWaysAndServesUntilInterrupted()
    {
        await using ProxyProcess demo = ProxyProcess.Start("demo");
        await Eventually.TrueAsync(() => demo.Said.Contains("smtp_tls_proxy_messages_total", StringComparison.Ordinal), "the metric that moved is shown");

        Assert.Contains("STARTTLS", demo.Said);
        Assert.True(await ServesAsync(demo), "a port that greets is named:\n" + demo.Said);
        demo.Interrupt();
        await demo.EndsAsync();
    }

    [Fact]
    public async Task TheStrippedServerIsRefusedAndCounted_4_4()
    {
        Ran ran = (await ProxyProcess.RunAsync("demo", "--attack", "strip", "--once")).MustSucceed("demo");

        Assert.Contains("S: 421 4.7.4", ran.Output);
        Assert.Contains("on the wire: 250 XXXXXXXX", ran.Output);
        Assert.DoesNotContain("MAIL", ran.Output);
        Assert.Matches("upstream_starttls_total.*not_offered.* 1", ran.Output);
    }

    [Theory]
    [InlineData("strip")]
    [InlineData("inject")]
    [InlineData("relay")]
    [InlineData("smuggle")]
    public async Task AnAttackIsShownWithTheCounterThatMoved(string attack)
    {
        await using ProxyProcess demo = ProxyProcess.Start("demo", "--attack", attack);
        await Eventually.TrueAsync(() => demo.Said.Contains("smtp_tls_proxy_", StringComparison.Ordinal) || demo.HasExited, "the counter is shown");

        // Whether it serves on or ends is its own matter.
        if (!demo.HasExited)
            demo.Interrupt();
        await demo.EndsAsync();
        Assert.Contains("smtp_tls_proxy_", demo.Said);
    }

    public void Dispose() => _scratch.Dispose();

    static async Task<bool> ServesAsync(ProxyProcess demo)
    {
        Assert.False(demo.HasExited, demo.Said);
        foreach (Match address in Address().Matches(demo.Said))
        {
            if (await RawSmtp.AnswersAsync(int.Parse(address.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)))
                return true;
        }
        return false;
    }

    [GeneratedRegex(@"(?:127\.0\.0\.1|localhost):(\d{2,5})\b")]
    private static partial Regex Address();
}
