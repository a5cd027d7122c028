namespace SmtpTlsProxy.EndToEnd;

/// <summary>TLS for a server that has none: real clients in front, a plain Postfix behind.</summary>
public class IngressTest(IngressTest.Ingress ingress) : IClassFixture<IngressTest.Ingress>
{
    public static TheoryData<string> Clients => [.. MailClient.All.Select(client => client.Name)];

    public static MatrixTheoryData<string, bool> Shapes => new(["empty", "one octet", "8-bit", "dots", "long line", "50 MB"], [false, true]);

    [Theory]
    [MemberData(nameof(Clients))]
    public Task AClientDeliversBehindStartTls(string client) => DeliversAsync(client, Security.StartTls, Letters.Tricky());

    [Theory]
    [MemberData(nameof(Clients))]
    public Task AClientDeliversInsideImplicitTls(string client) => DeliversAsync(client, Security.Implicit, Letters.Tricky());

    [Theory]
    [MemberData(nameof(Clients))]
    public Task AuthPlainReachesThePlainServerFromInsideTls(string client) => DeliversAsync(client, Security.StartTls, Letters.Tricky(), (Postfix.User, Postfix.Password));

    [Theory]
    [InlineData("curl", false)]
    [InlineData("smtplib", true)]
    public Task FiftyMegabytesFromARealClientArriveAsTheyWere(string client, bool isImplicit) =>
        DeliversAsync(client, isImplicit ? Security.Implicit : Security.StartTls, Letters.Shaped("50 MB"));

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task ContentArrivesOctetForOctet_5_3(string shape, bool isImplicit)
    {
        Parts parts = await ingress.GetAsync();
        string to = Names.NewRecipient();
        byte[] content = Letters.Shaped(shape);
        await using RawSmtp client = isImplicit ? await RawSmtp.ImplicitAsync(parts.Implicit, parts.CaFile) : await RawSmtp.SecuredAsync(parts.StartTls, parts.CaFile);

        Assert.StartsWith("250", await client.MailAsync(to, content));

        await client.QuitAsync();
        AssertSame(content, await parts.Postfix.ContentForAsync(to));
    }

    [Fact]
    public async Task AWrongPasswordIsTheServersToRefuse()
    {
        Parts parts = await ingress.GetAsync();
        await using RawSmtp client = await RawSmtp.SecuredAsync(parts.StartTls, parts.CaFile);

        string secret = Convert.ToBase64String("\0alice@own.test\0wrong"u8);

        await client.AskAsync("AUTH PLAIN " + secret, "535");
        await client.QuitAsync();
    }

    [Fact]
    public async Task AuthIsNeitherOfferedNorTakenBeforeTls_1_3()
    {
        Parts parts = await ingress.GetAsync();
        await using RawSmtp client = await RawSmtp.GreetedAsync(parts.StartTls);

        await client.EhloAsync();

        Assert.Contains("STARTTLS", client.Capabilities);
        Assert.DoesNotContain("AUTH", client.Capabilities);
        await client.AskAsync("AUTH PLAIN AGEAYg==", "530 5.7.0");
    }

    [Fact]
    public async Task InsideTlsTheServersOwnCapabilitiesAreOffered_1_3()
    {
        Parts parts = await ingress.GetAsync();
        await using RawSmtp direct = await RawSmtp.GreetedAsync(parts.Postfix.Port);
        await direct.EhloAsync();
        await using RawSmtp client = await RawSmtp.SecuredAsync(parts.StartTls, parts.CaFile);

        Assert.Contains("AUTH", client.Capabilities);
        Assert.Equal(direct.Capabilities.Split("\r\n").Select(Word), client.Capabilities.Split("\r\n").Select(Word));
    }

    [Fact]
    public async Task APipelinedGroupIsAnsweredInOrder_2_2()
    {
        Parts parts = await ingress.GetAsync();
        await using RawSmtp client = await RawSmtp.SecuredAsync(parts.StartTls, parts.CaFile);

        await client.SendAsync($"MAIL FROM:<a@client.test>\r\nRCPT TO:<{Names.NewRecipient()}>\r\nRCPT TO:<two words>\r\nRSET\r\nNOOP\r\n");

        foreach (string code in (string[])["250 2.1.0", "250 2.1.5", "5", "250 2.0.0", "250 2.0.0"])
            await client.ExpectAsync(code);
        await client.QuitAsync();
    }

    async Task DeliversAsync(string client, Security security, byte[] content, (string, string)? account = null)
    {
        Parts parts = await ingress.GetAsync();
        string to = Names.NewRecipient();
        var sending = new Sending(security == Security.Implicit ? parts.Implicit : parts.StartTls, security, to, content) { CaFile = parts.CaFile, Account = account };
        double before = (await parts.Proxy.MetricsAsync())["messages_total", Encrypted];

        (await MailClient.Called(client).SendAsync(sending)).MustSucceed($"{client}\n{parts.Postfix.Log}\n{parts.Proxy.Said}");

        AssertSame(content, await parts.Postfix.ContentForAsync(to));
        await parts.Proxy.MetricReachesAsync(before + 1, "messages_total", Encrypted);
    }

    static (string, string)[] Encrypted => [("client_security", "tls"), ("upstream_security", "clear"), ("outcome", "accepted")];

    static void AssertSame(byte[] sent, byte[] kept) => ContentAssert.ArrivedWhole(sent, kept);

    static string Word(string line) => line.Length > 4 ? line[4..].Split(' ', '=')[0] : "";

    internal sealed record Parts(Postfix Postfix, ProxyProcess Proxy, string CaFile, int StartTls, int Implicit) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Proxy.DisposeAsync();
            await Postfix.DisposeAsync();
        }
    }

    public sealed class Ingress : IAsyncDisposable
    {
        readonly Scratch _scratch = new();
        readonly Lazily<Parts> _parts;

        public Ingress() => _parts = new Lazily<Parts>(StartAsync);

        internal Task<Parts> GetAsync() => _parts.GetAsync();

        public async ValueTask DisposeAsync()
        {
            await _parts.DisposeAsync();
            _scratch.Dispose();
        }

        async Task<Parts> StartAsync()
        {
            using var ca = new TestCa(_scratch);
            Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Auth = true });
            int startTls = Ports.Free(), implicitTls = Ports.Free();
            string listeners = Yaml.Listener("mx", startTls, "required", "legacy") + Yaml.Listener("submissions", implicitTls, "implicit", "legacy");
            try
            {
                ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(listeners, Yaml.Upstream("legacy", postfix.Port, "none"), ca.Issue(Names.Proxy)));
                return new Parts(postfix, proxy, ca.File, startTls, implicitTls);
            }
            catch
            {
                await postfix.DisposeAsync();
                throw;
            }
        }
    }
}
