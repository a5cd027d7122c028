namespace SmtpTlsProxy.EndToEnd;

/// <summary>Nothing in the clear where policy says TLS, as a listener on the wire sees it.</summary>
public sealed class SecrecyTest : IDisposable
{
    const string Subject = "Hush-hush", Password = "open-sesame";
    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public SecrecyTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task OnARequiredClientLegOnlyTheUpgradeItselfIsInTheClear_3_1()
    {
        await using var sink = new SmtpSink(WithAuth);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", _port, "required", "legacy"), Yaml.Upstream("legacy", sink.Port, "none"), _ca.Issue(Names.Proxy)));
        await using var recorder = new Recorder(_port);
        await using RawSmtp client = await RawSmtp.SecuredAsync(recorder.Port, _ca.File);

        await TalkAsync(client);

        Recording recording = Assert.Single(recorder.Recordings);
        Assert.Equal("EHLO client.test\r\nSTARTTLS\r\n", TlsRecords.ClearPart(recording.FromClient, "STARTTLS"));
        TlsRecords.ClearPart(recording.FromServer, "220 2.0.0");
        recorder.AssertNeverHeard(Secrets);
        await proxy.StopAsync();
    }

    [Fact]
    public async Task OnAnImplicitClientLegThereIsNothingButTls_3_1()
    {
        await using var sink = new SmtpSink(WithAuth);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("submissions", _port, "implicit", "legacy"), Yaml.Upstream("legacy", sink.Port, "none"), _ca.Issue(Names.Proxy)));
        await using var recorder = new Recorder(_port);
        await using RawSmtp client = await RawSmtp.ImplicitAsync(recorder.Port, _ca.File);

        await TalkAsync(client);

        Recording recording = Assert.Single(recorder.Recordings);
        TlsRecords.AssertNothingElse(recording.FromClient);
        TlsRecords.AssertNothingElse(recording.FromServer);
    }

    [Fact]
    public async Task OnARequiredUpstreamLegOnlyTheUpgradeItselfIsInTheClear_4_4()
    {
        await using var sink = new SmtpSink(WithAuth with { Certificate = _ca.Issue(Names.Server) });
        await using var recorder = new Recorder(sink.Port);
        await using ProxyProcess proxy = await StartEgressAsync(recorder.Port);
        await using RawSmtp client = await RawSmtp.GreetedAsync(_port);
        await client.EhloAsync();

        await TalkAsync(client);

        await proxy.StopAsync();
        Recording recording = Assert.Single(recorder.Recordings);
        Assert.Equal($"EHLO {Names.Proxy}\r\nSTARTTLS\r\n", TlsRecords.ClearPart(recording.FromClient, "STARTTLS"));
        TlsRecords.ClearPart(recording.FromServer, "220 2.0.0 Go ahead");
        recorder.AssertNeverHeard(Secrets);
        recorder.AssertNeverHeard("client.test");
    }

    [Fact]
    public async Task AServerWithoutTlsHearsNothingThatMatters_4_4()
    {
        await using var sink = new SmtpSink(WithAuth);
        await using ProxyProcess proxy = await StartEgressAsync(sink.Port);
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port);

        await client.ExpectAsync("421 4.7.4");

        Assert.All(sink.Commands, command => Assert.Matches("^(EHLO|QUIT)", command.Line));
    }

    [Fact]
    public async Task AClientThatDoesNotUpgradeGetsNothingThroughARequiredListener_3_1()
    {
        await using var sink = new SmtpSink(WithAuth);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", _port, "required", "legacy"), Yaml.Upstream("legacy", sink.Port, "none"), _ca.Issue(Names.Proxy)));
        await using RawSmtp client = await RawSmtp.GreetedAsync(_port);
        await client.EhloAsync();

        foreach (string command in (string[])["MAIL FROM:<a@client.test>", "AUTH PLAIN AGEAYg==", "VRFY a", "BDAT 3 LAST", "XCLIENT ADDR=127.0.0.1"])
            await client.AskAsync(command, "530 5.7.0 Must issue a STARTTLS command first");

        await client.QuitAsync();
        Assert.All(sink.Commands, command => Assert.Matches("^(EHLO|QUIT)", command.Line));
        await proxy.MetricReachesAsync(1, "policy_decisions_total", ("listener", "mx"), ("rule", "required"), ("action", "refused"));
    }

    [Fact]
    public async Task NeitherSecretsNorContentAreLogged_6_10()
    {
        await using var sink = new SmtpSink(WithAuth);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", _port, "required", "legacy"), Yaml.Upstream("legacy", sink.Port, "none"), _ca.Issue(Names.Proxy), "log: { level: debug }\n"));
        await using RawSmtp client = await RawSmtp.SecuredAsync(_port, _ca.File);

        await TalkAsync(client);

        await proxy.StopAsync();
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, proxy.Said, StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    static string[] Secrets => [Subject, "hidden.sender", "hidden.reader", Password, AuthPlain];

    static string AuthPlain => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"\0hidden.sender\0{Password}"));

    static SinkOptions WithAuth => new() { Capabilities = ["PIPELINING", "AUTH PLAIN", "8BITMIME"] };

    static async Task TalkAsync(RawSmtp client)
    {
        await client.AskAsync("AUTH PLAIN " + AuthPlain, "2");
        Assert.StartsWith("250", await client.MailAsync("hidden.reader@own.test", Letters.Tricky(Subject), "hidden.sender@client.test"));
        await client.QuitAsync();
    }

    Task<ProxyProcess> StartEgressAsync(int upstream) => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("outbound", _port, "none", "smarthost", "allow: [127.0.0.0/8]"), Yaml.Upstream("smarthost", upstream, "required", Yaml.Verified(_ca.File))));
}
