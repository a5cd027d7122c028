using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>TLS for an application that has none: a clear listener on loopback, an upstream that must be safe or is not used.</summary>
public class EgressTest(EgressTest.Servers servers) : IClassFixture<EgressTest.Servers>, IDisposable
{
    readonly Scratch _scratch = new();
    readonly int _port = Ports.Free();

    public static TheoryData<string> ClearClients => ["swaks", "curl", "smtplib", "msmtp", "MailKit"];

    [Theory]
    [MemberData(nameof(ClearClients))]
    public async Task AnApplicationWithoutTlsDeliversToAServerThatRequiresIt(string client)
    {
        Postfix postfix = await servers.Requiring.GetAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "required", Yaml.Verified(postfix.CaFile));
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky();

        (await MailClient.Called(client).SendAsync(new Sending(_port, Security.Clear, to, content))).MustSucceed(client + proxy.Said);

        ContentAssert.ArrivedWhole(content, await postfix.ContentForAsync(to));
        await proxy.MetricReachesAsync(1, "messages_total", ("client_security", "clear"), ("upstream_security", "verified"), ("outcome", "accepted"));
        await proxy.MetricReachesAsync(1, "upstream_tls_handshakes_total", ("result", "ok"));
        await proxy.StopAsync();
    }

    [Fact]
    public async Task AnImplicitUpstreamIsReadFromInsideTlsOnly_4_2()
    {
        Postfix postfix = await servers.Requiring.GetAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.ImplicitPort, "implicit", Yaml.Verified(postfix.CaFile));
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port);
        string to = Names.NewRecipient();
        byte[] content = Letters.Shaped("8-bit");

        Assert.StartsWith("220 " + Names.Server, await client.ReplyAsync());
        await client.EhloAsync();
        Assert.StartsWith("250", await client.MailAsync(to, content));

        await client.QuitAsync();
        ContentAssert.ArrivedWhole(content, await postfix.ContentForAsync(to));
        await proxy.StopAsync();
    }

    [Fact]
    public async Task BehindStartTlsTheClientIsGreetedByTheProxy_4_2()
    {
        Postfix postfix = await servers.Requiring.GetAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "required", Yaml.Verified(postfix.CaFile));
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port);

        Assert.StartsWith($"220 {Names.Proxy} ESMTP", await client.ReplyAsync());
        await client.EhloAsync();

        Assert.DoesNotContain("STARTTLS", client.Capabilities);
        await client.QuitAsync();
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("smtplib")]
    public async Task AnApplicationsPasswordGoesUpOnlyInsideTls_4_4(string client)
    {
        Postfix postfix = await servers.Requiring.GetAsync();
        await using var recorder = new Recorder(postfix.Port);
        await using ProxyProcess proxy = await StartAsync(recorder.Port, "required", Yaml.Verified(postfix.CaFile));
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky();

        Ran ran = await MailClient.Called(client).SendAsync(new Sending(_port, Security.Clear, to, content) { Account = (Postfix.User, Postfix.Password) });

        ran.MustSucceed(client + proxy.Said);
        ContentAssert.ArrivedWhole(content, await postfix.ContentForAsync(to));
        recorder.AssertNeverHeard("AUTH", Postfix.Password, Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"\0{Postfix.User}\0{Postfix.Password}")));
    }

    [Theory]
    [InlineData("WrongName", "name")]
    [InlineData("UnknownIssuer", "untrusted")]
    [InlineData("Expired", "expired")]
    public async Task AServerWhoseCertificateIsNotGoodIsRefusedAtTheGreeting_4_6(string defect, string result)
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "encrypt", Defect = Enum.Parse<Defect>(defect), Implicit = true });
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "required", Yaml.Verified(postfix.CaFile));

        await IsRefusedAsync("421 4.7.5");

        await proxy.MetricReachesAsync(1, "upstream_tls_handshakes_total", ("result", result));
        Assert.DoesNotContain("MAIL", postfix.Log, StringComparison.Ordinal);
        await proxy.StopAsync();
    }

    [Fact]
    public async Task AnImplicitServerWhoseCertificateIsNotGoodIsRefusedAtTheGreeting_4_6()
    {
        await using Postfix postfix = await Postfix.StartAsync(new PostfixOptions { Tls = "encrypt", Defect = Defect.WrongName, Implicit = true });
        await using ProxyProcess proxy = await StartAsync(postfix.ImplicitPort, "implicit", Yaml.Verified(postfix.CaFile));

        await IsRefusedAsync("421 4.7.5");
    }

    [Fact]
    public async Task AServerThatOffersNoStartTlsIsRefusedAtTheGreeting_4_6()
    {
        Postfix postfix = await servers.Plain.GetAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "required", "verify: { mode: none }");

        await IsRefusedAsync("421 4.7.4");

        await proxy.MetricReachesAsync(1, "upstream_starttls_total", ("outcome", "not_offered"));
        await proxy.StopAsync();
    }

    [Fact]
    public async Task AServerThatRefusesStartTlsIsRefusedAtTheGreeting_4_6()
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Server), StartTlsReply = "454 4.7.0 Not today\r\n" });
        await using ProxyProcess proxy = await StartAsync(sink.Port, "required", Yaml.Verified(ca.File));

        await IsRefusedAsync("421 4.7.4");

        await proxy.MetricReachesAsync(1, "upstream_starttls_total", ("outcome", "refused"));
        Assert.False(sink.Heard("MAIL"));
    }

    [Fact]
    public async Task WhereNothingListensTheClientHearsSo_4_6()
    {
        await using ProxyProcess proxy = await StartAsync(Ports.Free(), "required", "verify: { mode: none }");

        await IsRefusedAsync("421 4.4.1");
    }

    [Fact]
    public async Task AServerThatIsSilentInTheHandshakeIsGivenUp_4_6()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        int port = ((IPEndPoint)mute.LocalEndpoint).Port;
        await using ProxyProcess proxy = await StartAsync(port, "implicit", "verify: { mode: none }", "defaults: { timeouts: { handshake: 500ms } }\n");

        await IsRefusedAsync("421 4.4.2");
    }

    [Fact]
    public async Task AnOpportunisticUpstreamWithoutStartTlsIsUsedInTheClear_4_4()
    {
        Postfix postfix = await servers.Plain.GetAsync();
        await using ProxyProcess proxy = await StartAsync(postfix.Port, "opportunistic", "");
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky();

        (await MailClient.Called("smtplib").SendAsync(new Sending(_port, Security.Clear, to, content))).MustSucceed(proxy.Said);

        ContentAssert.ArrivedWhole(content, await postfix.ContentForAsync(to));
        await proxy.MetricReachesAsync(1, "messages_total", ("upstream_security", "clear"), ("outcome", "accepted"));
    }

    [Fact]
    public async Task FromProxyToProxyOnlyTheMiddleIsEncryptedAndContentIsWhole()
    {
        Postfix postfix = await servers.Plain.GetAsync();
        using var ca = new TestCa(_scratch);
        int middle = Ports.Free();
        string inner = Yaml.Whole(Yaml.Listener("mx", middle, "required", "legacy"), Yaml.Upstream("legacy", postfix.Port, "none"), ca.Issue(Names.Proxy));
        await using ProxyProcess before = await ProxyProcess.StartAsync(inner);
        await using var recorder = new Recorder(middle);
        await using ProxyProcess behind = await StartAsync(recorder.Port, "required", Yaml.Verified(ca.File, Names.Proxy));
        string to = Names.NewRecipient();
        byte[] content = Letters.Tricky("Between two proxies");

        (await MailClient.Called("MailKit").SendAsync(new Sending(_port, Security.Clear, to, content))).MustSucceed(before.Said + behind.Said);

        ContentAssert.ArrivedWhole(content, await postfix.ContentForAsync(to));
        recorder.AssertNeverHeard("Between two proxies", to, "MAIL FROM");
        await behind.StopAsync();
        await before.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();

    Task<ProxyProcess> StartAsync(int upstream, string tls, string verify, string more = "") => ProxyProcess.StartAsync(Yaml.Whole(
        Yaml.Listener("outbound", _port, "none", "smarthost", "allow: [127.0.0.0/8]"), Yaml.Upstream("smarthost", upstream, tls, verify), more: more));

    async Task IsRefusedAsync(string reply)
    {
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port);
        await client.ExpectAsync(reply);
        Assert.Equal("", await client.Stream.RestAsync());
    }

    public sealed class Servers : IAsyncDisposable
    {
        internal Lazily<Postfix> Requiring { get; } = new(() => Postfix.StartAsync(new PostfixOptions { Tls = "encrypt", Implicit = true, Auth = true, Extra = "smtpd_tls_auth_only = yes" }));

        internal Lazily<Postfix> Plain { get; } = new(() => Postfix.StartAsync());

        public async ValueTask DisposeAsync()
        {
            await Requiring.DisposeAsync();
            await Plain.DisposeAsync();
        }
    }
}
