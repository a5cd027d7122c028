namespace SmtpTlsProxy.EndToEnd;

/// <summary>What is shipped is the native binary: it is built once and must do what the tests above saw.</summary>
public sealed class NativeBinaryTest : IDisposable
{
    readonly Scratch _scratch = new();

    [Fact(DisableParallelization = true)]
    public async Task TheNativeBinaryStartsSpeaksTlsOnBothLegsAndStops()
    {
        Needs.Tool("gcc");
        var native = new ProxyBinary(await PublishAsync());
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink(new SinkOptions { Certificate = ca.Issue(Names.Server) });
        int port = Ports.Free();

        (await ProxyProcess.RunAsync(native, "--version")).MustSucceed("--version");
        (await ProxyProcess.RunAsync(native, "config", "example", "ingress")).MustSucceed("config example");
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(native, Yaml.Whole(
            Yaml.Listener("mx", port, "required", "store"), Yaml.Upstream("store", sink.Port, "required", Yaml.Verified(ca.File)), ca.Issue(Names.Proxy)));
        await using RawSmtp client = await RawSmtp.SecuredAsync(port, ca.File);

        Assert.StartsWith("250", await client.MailAsync("reader@own.test", Letters.Shaped("8-bit")));

        await client.QuitAsync();
        await proxy.MetricReachesAsync(1, "messages_total", ("client_security", "tls"), ("upstream_security", "verified"), ("outcome", "accepted"));
        await proxy.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();

    async Task<string> PublishAsync()
    {
        string to = _scratch.PathTo("published");
        Ran ran = await Shell.RunAsync(
            ProxyBinary.Dotnet,
            ["publish", Path.Combine(ProxyBinary.Repository, "src/SmtpTlsProxy"), "-c", "Release", "--nologo", "-v", "q", "-p:CppCompilerAndLinker=gcc", "--artifacts-path", _scratch.PathTo("artifacts"), "-o", to],
            limit: TimeSpan.FromMinutes(5));
        ran.MustSucceed("publish");
        return Path.Combine(to, "smtp-tls-proxy");
    }
}
