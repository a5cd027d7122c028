using System.Net;
using System.Net.Security;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>The running program takes another configuration and other certificates, or refuses them and serves on.</summary>
public sealed class ReloadTest : IDisposable
{
    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public ReloadTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task ASignalMovesNewSessionsAndOpenOnesStay()
    {
        await using var before = new SmtpSink();
        await using var after = new SmtpSink();
        PemPair certificate = _ca.Issue(Names.Proxy);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Config(before.Port, certificate));
        double hash = (await proxy.MetricsAsync())["config_hash"];
        await using RawSmtp open = await RawSmtp.GreetedAsync(_port);
        await open.EhloAsync();

        proxy.Rewrite(Config(after.Port, certificate, "limits: { connections: 2 }"), "other.test");
        proxy.HangUp();
        await proxy.MetricReachesAsync(1, "config_reloads_total", ("result", "success"));

        await using RawSmtp next = await RawSmtp.SecuredAsync(_port, _ca.File);
        await next.MailAsync(Names.NewRecipient(), Letters.With("Reload", "Hello.\r\n"));
        Assert.Equal((0, 1), (before.Messages, after.Messages));
        await using RawSmtp third = await RawSmtp.ConnectAsync(_port);
        await third.ExpectAsync("421");                               // the one from before the reload counts against the new limit
        await open.AskAsync("STARTTLS", "220");                       // and still upgrades, in its old context
        await open.HandshakeAsync(_ca.File);
        await open.EhloAsync();
        await open.MailAsync(Names.NewRecipient(), Letters.With("Reload", "Hello.\r\n"));
        Assert.Equal((1, 1), (before.Messages, after.Messages));

        MetricsPage page = await proxy.MetricsAsync();
        Assert.NotEqual(hash, page["config_hash"]);
        Assert.Equal(1, page["config_last_reload_successful"]);
        Assert.Equal(2, page["sessions_limit"]);
        await open.QuitAsync();
        await next.QuitAsync();
        await proxy.StopAsync();
    }

    [Fact]
    public async Task PollingSeesGoodAndBadFilesAndAnotherCertificate()
    {
        await using var sink = new SmtpSink();
        PemPair certificate = _ca.Issue(Names.Proxy);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Config(sink.Port, certificate));

        proxy.Rewrite(Config(sink.Port, certificate).Replace("tls: none", "tls: nothing", StringComparison.Ordinal));
        await proxy.MetricReachesAsync(1, "config_reloads_total", ("result", "failure"));
        Assert.Equal(0, (await proxy.MetricsAsync())["config_last_reload_successful"]);
        Assert.Equal(HttpStatusCode.OK, await proxy.GetAsync("/readyz"));
        Assert.True(await RawSmtp.AnswersAsync(_port));
        Assert.Contains("upstreams.legacy.tls", proxy.Said);

        proxy.Rewrite(Config(sink.Port, certificate, listener: "implicit"));
        await proxy.MetricReachesAsync(1, "config_reloads_total", ("result", "success"));
        string first = await SerialAsync();

        PemPair renewed = _ca.Issue(Names.Proxy);
        File.Move(renewed.KeyFile, certificate.KeyFile, overwrite: true);
        File.Move(renewed.CertFile, certificate.CertFile, overwrite: true);
        await proxy.MetricReachesAsync(1, "certificate_reloads_total", ("result", "success"));
        await Eventually.TrueAsync(async () => await SerialAsync() != first, () => "the other certificate is shown");

        await File.WriteAllTextAsync(certificate.KeyFile, "no key", TestContext.Current.CancellationToken);
        await proxy.MetricReachesAsync(1, "certificate_reloads_total", ("result", "failure"));
        Assert.NotEqual(first, await SerialAsync());
        Assert.Equal(HttpStatusCode.OK, await proxy.GetAsync("/readyz"));
        await proxy.StopAsync();
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    async Task<string> SerialAsync()
    {
        await using RawSmtp client = await RawSmtp.ImplicitAsync(_port, _ca.File, mayResume: false);     // a resumed session shows the certificate that it began with
        string serial = ((SslStream)client.Tls!).RemoteCertificate!.GetSerialNumberString();
        await client.QuitAsync();
        return serial;
    }

    string Config(int upstream, PemPair certificate, string more = "", string listener = "opportunistic") =>
        Yaml.Whole(Yaml.Listener("mx", _port, listener, "legacy", more), Yaml.Upstream("legacy", upstream, "none"), certificate);
}
