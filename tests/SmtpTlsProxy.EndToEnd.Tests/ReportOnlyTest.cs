using System.Net.Security;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>A client that offers another protocol (ALPN): refused, or only counted. The other words of reportOnly are tested in memory.</summary>
public sealed class ReportOnlyTest : IDisposable
{
    readonly Scratch _scratch = new();
    readonly int _port = Ports.Free();

    [Theory, InlineData(true), InlineData(false)]
    public async Task AForeignProtocolIsCountedAndRefusedUnlessOnlyReported_3_6(bool reports)
    {
        using var ca = new TestCa(_scratch);
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", _port, "implicit", "up"), Yaml.Upstream("up", sink.Port, "none"), ca.Issue(Names.Proxy), more: reports ? "reportOnly: [alpn]\n" : ""));
        await using RawSmtp client = await RawSmtp.ConnectAsync(_port);
        Task handshake = client.Stream.BeClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = Names.Proxy,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        if (reports)
        {
            await handshake;
            await client.ExpectAsync("220");
        }
        else
        {
            await Assert.ThrowsAnyAsync<Exception>(() => handshake);
        }
        await proxy.MetricReachesAsync(1, "policy_decisions_total", ("rule", "alpn"), ("action", reports ? "would_refuse" : "refused"));
        Assert.Equal(0, (await proxy.MetricsAsync())["policy_decisions_total", ("rule", "alpn"), ("action", reports ? "refused" : "would_refuse")]);
        await proxy.StopAsync();
    }

    public void Dispose() => _scratch.Dispose();
}
