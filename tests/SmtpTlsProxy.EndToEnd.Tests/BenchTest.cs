namespace SmtpTlsProxy.EndToEnd;

/// <summary>The bench itself, without the proxy between: what it shows later must be the proxy's doing.</summary>
public class BenchTest(BenchTest.Servers servers) : IClassFixture<BenchTest.Servers>
{
    public static TheoryData<string> Clients => [.. MailClient.All.Select(client => client.Name)];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task AServerWithTlsKeepsContentAsTheClientSentIt(string client)
    {
        Postfix postfix = await servers.Postfix.GetAsync();
        foreach (Security security in (Security[])[Security.StartTls, Security.Implicit])
        {
            string to = Names.NewRecipient();
            byte[] content = Letters.Tricky();
            var sending = new Sending(security == Security.Implicit ? postfix.ImplicitPort : postfix.Port, security, to, content)
            {
                CaFile = postfix.CaFile,
                Account = (Postfix.User, Postfix.Password),
            };

            (await MailClient.Called(client).SendAsync(sending)).MustSucceed(client + postfix.Log);

            Assert.Equal(DeliveredMail.Expected(content), await postfix.ContentForAsync(to));
        }
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("one octet")]
    [InlineData("8-bit")]
    [InlineData("dots")]
    [InlineData("long line")]
    public async Task AServerKeepsContentOfEveryShape(string shape)
    {
        Postfix postfix = await servers.Postfix.GetAsync();
        string to = Names.NewRecipient();
        byte[] content = Letters.Shaped(shape);
        await using RawSmtp client = await RawSmtp.GreetedAsync(postfix.Port);
        await client.EhloAsync();

        Assert.StartsWith("250", await client.MailAsync(to, content));

        await client.QuitAsync();
        Assert.Equal(DeliveredMail.Expected(content), await postfix.ContentForAsync(to));
    }

    [Fact]
    public async Task TheSinkUpgradesAndCountsAndTheRecorderSeesOnlyRecords()
    {
        using var scratch = new Scratch();
        using var ca = new TestCa(scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Proxy) });
        await using var recorder = new Recorder(sink.Port);
        await using RawSmtp client = await RawSmtp.SecuredAsync(recorder.Port, ca.File);
        byte[] content = Letters.Tricky("Hush");

        await client.MailAsync("reader@own.test", content);
        await client.QuitAsync();

        Assert.Equal(Letters.Stuffed(content).Length + 3, sink.ContentOctets);
        Assert.Empty(sink.Faults);
        Recording recording = Assert.Single(recorder.Recordings);
        Assert.Equal("EHLO client.test\r\nSTARTTLS\r\n", TlsRecords.ClearPart(recording.FromClient, "STARTTLS"));
        Assert.EndsWith("220 2.0.0 Go ahead\r\n", TlsRecords.ClearPart(recording.FromServer, "220 2.0.0 Go ahead"));
        recorder.AssertNeverHeard("Hush", "reader@own.test");
    }

    [Fact]
    public async Task TheSinkCountsAllThatIsPoured()
    {
        using var scratch = new Scratch();
        using var ca = new TestCa(scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Proxy) });
        await using RawSmtp client = await RawSmtp.SecuredAsync(sink.Port, ca.File);

        long sent = await Pourer.PourAsync(client, 20_000_000);

        Assert.Equal(sent + 3, sink.ContentOctets);
        await client.QuitAsync();
    }

    public sealed class Servers : IAsyncDisposable
    {
        internal Lazily<Postfix> Postfix { get; } = new(() => Bench.Postfix.StartAsync(new PostfixOptions { Tls = "may", Implicit = true, Auth = true }));

        public ValueTask DisposeAsync() => Postfix.DisposeAsync();
    }
}
