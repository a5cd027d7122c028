using System.Text;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Three real servers behind the proxy, every client before each: what was sent arrives, octet for octet.</summary>
public class ServersTest(ServersTest.Servers servers) : IClassFixture<ServersTest.Servers>
{
    static readonly string[] s_servers = ["Postfix", "Exim", "OpenSMTPD"];

    public static MatrixTheoryData<string, string> Pairs => new(s_servers, [.. MailClient.All.Select(client => client.Name), "smtp-source"]);

    /// <summary>OpenSMTPD 7.4 cuts a line at its first NUL, and gives a message without a header a Date and a Message-ID: neither is the proxy's to show.</summary>
    public static TheoryData<string, string> Shapes =>
    [
        .. from server in s_servers
        from shape in (string[])["empty", "no body", "8-bit", "NULs", "10,000-octet lines", "dots"]
        where server != "OpenSMTPD" || shape is not ("empty" or "NULs")
        select (server, shape),
    ];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task EveryClientDeliversToEveryServer(string server, string client)
    {
        Behind behind = await servers.GetAsync(server);
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky();
        Sending sending = client == "smtp-source" ? new(behind.Clear, Security.Clear, to, content) : behind.Sending(to, content);

        (await Client(client).SendAsync(sending)).MustSucceed($"{client}\n{behind.Server.Log}\n{behind.Proxy.Said}");

        // smtp-source ends each content with an empty line of its own.
        ContentAssert.ArrivedWhole(client == "smtp-source" ? [.. content, .. "\r\n"u8] : content, await behind.Server.ContentForAsync(to));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task ContentOfEveryShapeArrivesOctetForOctet_5_3(string server, string shape)
    {
        Behind behind = await servers.GetAsync(server);
        string to = Names.NewRecipient();
        byte[] content = Letters.Shaped(shape);
        // Exim writes the line that ends a header, be there one or not.
        byte[] expected = content.Length > 0 || server == "Postfix" ? content : "\r\n"u8.ToArray();
        await using RawSmtp client = await behind.ConnectAsync();

        Assert.StartsWith("250", await client.MailAsync(to, content));

        await client.QuitAsync();
        ContentAssert.ArrivedWhole(expected, await behind.Server.ContentForAsync(to));
    }

    [Fact]
    public async Task FiftyMegabytesArriveOctetForOctet_5_3()
    {
        Behind behind = await servers.GetAsync("Exim");
        string to = Names.NewRecipient();
        byte[] content = Letters.Shaped("50 MB");

        (await Client("curl").SendAsync(behind.Sending(to, content))).MustSucceed("curl");

        ContentAssert.ArrivedWhole(content, await behind.Server.ContentForAsync(to));
    }

    [Theory]
    [InlineData("Postfix")]
    [InlineData("Exim")]
    public async Task ChunksOfAnySizeArriveAsOneMessage_2_5(string server)
    {
        Behind behind = await servers.GetAsync(server);
        string to = Names.NewRecipient();
        byte[] content = Letters.OfSize(300_000);
        var random = new Random(4711);
        await using RawSmtp client = await behind.ConnectAsync();
        Assert.Contains("CHUNKING", client.Capabilities);
        await client.AskAsync("MAIL FROM:<sender@client.test>", "250");
        await client.AskAsync($"RCPT TO:<{to}>", "250");

        await client.ChunksAsync(content, [.. Enumerable.Range(0, 300).Select(_ => random.Next(1, 1_000))]);

        await client.QuitAsync();
        ContentAssert.ArrivedWhole(content, await behind.Server.ContentForAsync(to));
    }

    [Fact]
    public async Task WhereTheServerKnowsNoChunksNoneReachesIt_2_5()
    {
        Behind behind = await servers.GetAsync("OpenSMTPD");
        await using RawSmtp client = await behind.ConnectAsync();
        Assert.DoesNotContain("CHUNKING", client.Capabilities);
        await client.AskAsync("MAIL FROM:<sender@client.test>", "250");
        await client.AskAsync($"RCPT TO:<{Names.NewRecipient()}>", "250");

        await client.SendAsync("BDAT 6 LAST\r\nHELP\r\n");

        await client.ExpectAsync("503 5.5.1");
        await client.AskAsync("RSET", "250");
        await client.QuitAsync();
    }

    [Theory]
    [InlineData("Postfix")]
    [InlineData("Exim")]
    public async Task InternationalAddressesReachTheServerAsTheyWere(string server)
    {
        Behind behind = await servers.GetAsync(server);
        string to = "ü" + Names.NewRecipient();
        byte[] content = Letters.With("Grüße", "日本語\r\n");
        await using RawSmtp client = await behind.ConnectAsync();
        Assert.Contains("SMTPUTF8", client.Capabilities);

        await client.SendAsync(Encoding.UTF8.GetBytes($"MAIL FROM:<grüße@client.test> SMTPUTF8 BODY=8BITMIME\r\nRCPT TO:<{to}>\r\nDATA\r\n"));
        foreach (string code in (string[])["250", "250", "354"])
            await client.ExpectAsync(code);
        await client.SendAsync(Letters.Stuffed(content));
        await client.AskAsync(".", "250");

        ContentAssert.ArrivedWhole(content, await behind.Server.ContentForAsync(to));
    }

    [Theory]
    [InlineData("Postfix")]
    [InlineData("Exim")]
    [InlineData("OpenSMTPD")]
    public async Task DeliveryStatusParametersReachTheServer(string server)
    {
        Behind behind = await servers.GetAsync(server);
        string from = Names.NewRecipient(), to = Names.NewRecipient(), envelope = "QQ" + Guid.NewGuid().ToString("n");
        await using RawSmtp client = await behind.ConnectAsync();
        Assert.Contains("DSN", client.Capabilities);
        await client.AskAsync($"MAIL FROM:<{from}> RET=HDRS ENVID={envelope}", "250");
        await client.AskAsync($"RCPT TO:<{to}> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;first+2Breader@own.test", "250");
        await client.AskAsync("DATA", "354");
        await client.SendAsync(Letters.Stuffed(Letters.Tricky()));

        await client.AskAsync(".", "250");

        string report = Encoding.Latin1.GetString(await behind.Server.MailForAsync(from));
        Assert.Contains(to, report);
        if (server == "OpenSMTPD")
            return;    // it reports success because it was asked to, and says neither envelope nor original recipient
        Assert.Contains($"Original-Envelope-Id: {envelope}", report, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Original-Recipient: rfc822;first+reader@own.test", report.Replace("+2B", "+", StringComparison.Ordinal).Replace("; ", ";", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Postfix")]
    [InlineData("Exim")]
    [InlineData("OpenSMTPD")]
    public async Task TlsOnBothLegsCarriesMailAndAuth(string server)
    {
        Behind behind = await servers.GetAsync(server);
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky();

        (await Client("MailKit").SendAsync(behind.Sending(to, content) with { Port = behind.BothTls, Account = Account })).MustSucceed(behind.Server.Log + behind.Proxy.Said);

        ContentAssert.ArrivedWhole(content, await behind.Server.ContentForAsync(to));
        await behind.Proxy.MetricReachesAsync(1, "messages_total", ("client_security", "tls"), ("upstream_security", "verified"), ("outcome", "accepted"));
    }

    [Theory]
    [InlineData("Postfix", "swaks", "PLAIN")]
    [InlineData("Postfix", "swaks", "LOGIN")]
    [InlineData("Postfix", "MailKit", "LOGIN")]
    [InlineData("Postfix", "MailKit", "SCRAM-SHA-1")]
    [InlineData("Postfix", "MailKit", "SCRAM-SHA-256")]
    [InlineData("Exim", "MailKit", "PLAIN")]
    [InlineData("Exim", "swaks", "LOGIN")]
    public async Task AuthWorksByMechanism_2_4(string server, string client, string mechanism)
    {
        Behind behind = await servers.GetAsync(server);
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky();
        var sending = behind.Sending(to, content) with { Account = Account, Mechanism = mechanism };

        (await Client(client).SendAsync(sending)).MustSucceed(behind.Server.Log + behind.Proxy.Said);

        ContentAssert.ArrivedWhole(content, await behind.Server.ContentForAsync(to));
    }

    static (string, string) Account => (MailServer.User, MailServer.Password);

    static MailClient Client(string name) => name == "smtp-source" ? new SmtpSource() : MailClient.Called(name);

    public sealed class Servers : IAsyncDisposable
    {
        readonly Dictionary<string, Lazily<Behind>> _behind = s_servers.ToDictionary(name => name, name => new Lazily<Behind>(() => Behind.StartAsync(name)));

        internal Task<Behind> GetAsync(string server) => _behind[server].GetAsync();

        public async ValueTask DisposeAsync()
        {
            foreach (Lazily<Behind> behind in _behind.Values)
                await behind.DisposeAsync();
        }
    }
}
