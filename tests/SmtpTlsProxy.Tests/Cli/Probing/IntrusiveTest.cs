namespace SmtpTlsProxy.Cli.Probing;

/// <summary><c>probe --intrusive</c>: what is found, and that no message is ever completed.</summary>
public class IntrusiveTest
{
    [Fact]
    public async Task AServerWithoutFaultHasNoneToShow()
    {
        await using ScriptedMailServer server = new(new MailServerWays { TakesBareNewlines = false });

        Probed probed = await ProbeRunner.JsonAsync(server, "--intrusive");

        Assert.Equal(0, probed.Exit);
        Assert.Equal("discarded", Result(probed, "injection"));
        Assert.Equal("refused", Result(probed, "bareNewlines"));
        Assert.Equal("not_tested", Result(probed, "endOfData"));
        Assert.Equal("refused", Result(probed, "relay"));
        Assert.Contains("could not be tried without completing one", Tested(probed, "endOfData"));
    }

    [Fact]
    public async Task ACommandInjectedBehindStartTlsIsFound()
    {
        await using ScriptedMailServer server = new(new MailServerWays { IsInjectable = true });

        Probed probed = await ProbeRunner.JsonAsync(server, "--intrusive");

        Assert.Equal(1, probed.Exit);
        Assert.Equal("executed", Result(probed, "injection"));
        Assert.Contains("starttls_injection", probed.Faults);
    }

    [Fact]
    public async Task BareNewlinesInCommandsAreANote()
    {
        await using ScriptedMailServer server = new();

        Probed probed = await ProbeRunner.JsonAsync(server, "--intrusive");

        Assert.Equal(0, probed.Exit);
        Assert.Equal("note", probed.SeverityOf("bare_lf_commands"));
    }

    [Theory]
    [InlineData("\n.\n", "<LF>.<LF>")]
    [InlineData("\n.\r\n", "<LF>.<CR><LF>")]
    public async Task AFalseEndOfDataIsFoundWhereNothingCouldBeDelivered(string end, string named)
    {
        await using ScriptedMailServer server = new(new MailServerWays { TakesDataWithoutRecipient = true, FalseEnd = end });

        Probed probed = await ProbeRunner.JsonAsync(server, "--intrusive", "--timeout", "20s");

        Assert.Equal(1, probed.Exit);
        Assert.Contains("smuggling", probed.Faults);
        Assert.Contains(named, Tested(probed, "endOfData"));
        Assert.Empty(server.Completed);
    }

    [Fact]
    public async Task AnOpenRelayIsFoundWithoutAMessage()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Relays = true, FalseEnd = "\n.\n" });

        Probed probed = await ProbeRunner.JsonAsync(server, "--intrusive", "--from", "a@elsewhere.test", "--to", "b@nowhere.test");

        Assert.Equal(1, probed.Exit);
        Assert.Contains("open_relay", probed.Faults);
        Assert.Contains("RCPT TO:<b@nowhere.test>", server.Commands);
        Assert.Contains("RSET", server.Commands);
        Assert.Empty(server.Completed);
    }

    /// <summary>A server that takes everybody and every end: the most that could go wrong.</summary>
    [Fact]
    public async Task NoMessageIsCompletedEvenWhereEverythingIsTaken()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Relays = true, TakesDataWithoutRecipient = true, IsInjectable = true, FalseEnd = "\n.\n" });

        Probed probed = await ProbeRunner.JsonAsync(server, "--intrusive");

        Assert.Equal(["starttls_injection", "smuggling", "open_relay"], probed.Faults.Take(3));
        Assert.Empty(server.Completed);
    }

    static string Result(Probed probed, string test) => (string)probed.Json["intrusive"]![test]!["result"]!;

    static string Tested(Probed probed, string test) => (string)probed.Json["intrusive"]![test]!["tested"]!;
}
