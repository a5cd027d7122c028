using System.Net;
using System.Text.Json;

namespace SmtpTlsProxy.Admin;

public class AdminEndpointsTest
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MetricsAreServedAsText()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        HttpResponseMessage response = await host.MetricsPort.GetAsync("/metrics", Cancel);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("smtp_tls_proxy_draining 0\n", await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData(29, HttpStatusCode.OK)]
    [InlineData(31, HttpStatusCode.ServiceUnavailable)]
    public async Task ALoopThatDoesNotTurnIsNotAlive(int seconds, HttpStatusCode expected)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.OldestTurn = TimeSpan.FromSeconds(seconds);
        Assert.Equal(expected, (await host.MetricsPort.GetAsync("/livez", Cancel)).StatusCode);
        Assert.Equal(expected, (await host.StatusPort.GetAsync("/healthcheck", Cancel)).StatusCode);
    }

    [Fact]
    public async Task WhyItIsNotReadyIsSaidOnRequest()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.MetricsPort.GetAsync("/readyz", Cancel)).StatusCode);
        host.WhyNotListening = "listeners are not bound yet";
        HttpResponseMessage response = await host.MetricsPort.GetAsync("/readyz?verbose", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("[-] listeners: listeners are not bound yet\n[+] not_draining\nnot ready\n", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("not ready\n", await (await host.MetricsPort.GetAsync("/readyz", Cancel)).Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("/drain")]
    [InlineData("/status")]
    [InlineData("/")]
    [InlineData("/healthcheck")]
    public async Task TheMetricsPortKnowsNothingOfTheStatusPort(string path)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.MetricsPort.PostAsync(path, null, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.MetricsPort.GetAsync(path, Cancel)).StatusCode);
        Assert.False(host.Drain.IsDraining);
    }

    [Fact]
    public async Task ADrainIsBegunByPostAloneAndWaitsIfAsked()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        host.Sessions = 1;
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.StatusPort.GetAsync("/drain", Cancel)).StatusCode);
        Assert.False(host.Drain.IsDraining);

        HttpResponseMessage begun = await host.StatusPort.PostAsync("/drain", null, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.MetricsPort.GetAsync("/readyz", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.StatusPort.GetAsync("/healthcheck", Cancel)).StatusCode);

        Task<HttpResponseMessage> waiting = host.StatusPort.PostAsync("/drain?wait=1", null, Cancel);
        Assert.False(waiting.IsCompleted);
        host.Sessions = 0;
        HttpResponseMessage drained = await waiting;
        Assert.Equal(HttpStatusCode.OK, drained.StatusCode);
        Assert.Contains("\"drained\"", await drained.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task TheStatusIsAPageAndTheSameAsJson()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        using JsonDocument status = JsonDocument.Parse(await host.StatusPort.GetStringAsync("/status", Cancel));
        Assert.Equal("ready", status.RootElement.GetProperty("state").GetString());
        JsonElement listener = status.RootElement.GetProperty("listeners")[0];
        Assert.Equal("opportunistic", listener.GetProperty("tls").GetString());
        Assert.Equal(10000, listener.GetProperty("sessionsLimit").GetInt32());
        Assert.Equal("127.0.0.1:10025", status.RootElement.GetProperty("upstreams")[0].GetProperty("destinations")[0].GetProperty("address").GetString());

        string page = await host.StatusPort.GetStringAsync("/", Cancel);
        Assert.Contains("<td>0.0.0.0:2525</td>", page);
        Assert.Contains("&lt;mail&gt;.example", page);
        Assert.DoesNotContain("<script", page);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Host", "evil.example")]
    public async Task AWebPageCannotDrainTheProcess(string header, string value)
    {
        await using AdminHost host = await AdminHost.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/drain");
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.StatusPort.SendAsync(request, Cancel)).StatusCode);
        Assert.False(host.Drain.IsDraining);
    }
}
