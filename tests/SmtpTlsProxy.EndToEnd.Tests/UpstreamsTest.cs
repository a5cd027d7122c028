using System.Net;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Clusters as operators see them, and what YARP is not used for.</summary>
public sealed class UpstreamsTest
{
    [Fact]
    public async Task NoHttpRequestIsForwardedAnywhere()
    {
        await using NamedServer server = new("mail");
        int listener = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("app", listener, "none", "store", "allow: [127.0.0.0/8]"), Yaml.Upstream("store", server.Port, "none")));
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{proxy.MetricsPort}") };
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options])
        {
            foreach (string path in (string[])["/", "/store", "/a", "/mail/a?b=c", "/%2f127.0.0.1/"])
            {
                using HttpRequestMessage request = new(method, path) { Headers = { Host = "store" } };
                request.Headers.Connection.Add("close");
                using HttpResponseMessage answer = await http.SendAsync(request);
                Assert.InRange((int)answer.StatusCode, 404, 405);
            }
        }
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task ActiveChecksFindTheDeadAndTheLiving_AndSayItEverywhere()
    {
        await using NamedServer server = new("mail");
        int listener = Ports.Free(), dead = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("app", listener, "none", "store", "allow: [127.0.0.0/8]"),
            $"  store: {{ destinations: {{ live: \"127.0.0.1:{server.Port}\", dead: \"127.0.0.1:{dead}\" }}, tls: none, health: {{ interval: 100ms, timeout: 1s }} }}\n"));
        await proxy.MetricReachesAsync(3, "upstream_health_checks_total", ("destination", "dead"), ("result", "refused"));
        await proxy.MetricReachesAsync(3, "upstream_health_checks_total", ("destination", "live"), ("result", "ok"));
        MetricsPage metrics = await proxy.MetricsAsync();
        Assert.Equal((0, 1), (metrics["upstream_destination_up", ("destination", "dead")], metrics["upstream_destination_up", ("destination", "live")]));
        using HttpClient http = new();
        string why = await http.GetStringAsync($"http://127.0.0.1:{proxy.MetricsPort}/readyz?verbose");
        Assert.Contains("[i] upstream store, destination dead: down", why);
        Assert.Contains("[+] upstreams", why);
        for (int i = 0; i < 10; i++)
        {
            await using RawSmtp client = await RawSmtp.GreetedAsync(listener);
            await client.QuitAsync();
        }
        Assert.Equal(0, (await proxy.MetricsAsync())["upstream_connects_total", ("destination", "dead")]);

        // Reload: who stays keeps its standing, a session keeps its server.
        await using RawSmtp session = await RawSmtp.GreetedAsync(listener);
        proxy.Rewrite(Yaml.Whole(
            Yaml.Listener("app", listener, "none", "store", "allow: [127.0.0.0/8]"),
            $"  store: {{ destinations: {{ dead: \"127.0.0.1:{dead}\", other: \"127.0.0.1:{dead}\" }}, tls: none, health: {{ interval: 100ms, timeout: 1s }} }}\n"));
        proxy.HangUp();
        await proxy.MetricReachesAsync(3, "upstream_health_checks_total", ("destination", "other"), ("result", "refused"));
        await session.AskAsync("NOOP", "250");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await proxy.GetAsync("/readyz"));
        await session.QuitAsync();
    }
}
