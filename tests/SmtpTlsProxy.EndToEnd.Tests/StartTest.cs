namespace SmtpTlsProxy.EndToEnd;

/// <summary>A proxy that cannot start says why in one line, and its exit code says whose mistake it was.</summary>
public sealed class StartTest
{
    [Theory]
    [InlineData("198.51.100.1:2525", "disabled")]           // documentation's address: no machine has it (RFC 5737)
    [InlineData("unix:/no/such/folder/proxy.sock", "disabled")]
    [InlineData("127.0.0.1:0", "198.51.100.1:9525")]
    public async Task AnAddressThatCannotBeBoundIs69WithoutATrace(string listen, string metrics)
    {
        Ran ran = await ProxyProcess.RunAsync("run", "--listen", listen, "--tls", "none", "--upstream", "127.0.0.1:9", "--upstream-tls", "none", "--identity", "none", "--allow", "127.0.0.0/8",
            "--metrics", metrics);

        Assert.Equal(69, ran.ExitCode);
        Assert.Contains("cannot be bound", ran.Errors);
        Assert.DoesNotContain("   at ", ran.All);
    }

    [Fact]
    public async Task TheSecondProxyOnOnePortIs69()
    {
        await using var sink = new SmtpSink();
        int port = Ports.Free();
        string[] arguments = ["run", "--listen", $"127.0.0.1:{port}", "--tls", "none", "--upstream", $"127.0.0.1:{sink.Port}", "--upstream-tls", "none", "--metrics", "disabled"];
        await using ProxyProcess first = ProxyProcess.Start(arguments);
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(port), () => "it greets:\n" + first.Said);

        Ran second = await ProxyProcess.RunAsync(arguments);

        Assert.Equal(69, second.ExitCode);
        Assert.Contains($"127.0.0.1:{port}", second.Errors);
        Assert.DoesNotContain("   at ", second.All);
        Assert.DoesNotContain("http://", second.All);
        await first.StopAsync();
    }
}
