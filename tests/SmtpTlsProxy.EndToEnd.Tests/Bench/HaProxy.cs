namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>HAProxy as the balancer in front: a port for each version of the header. It checks its servers, too.</summary>
sealed class HaProxy : IAsyncDisposable
{
    readonly Scratch _scratch = new();
    readonly Daemon _daemon;

    HaProxy(int server) => _daemon = new Daemon(Needs.Tool("haproxy"), "-db", "-f", _scratch.Write("haproxy.cfg", Configuration(server)));

    public int V1Port { get; } = Ports.Free();
    public int V2Port { get; } = Ports.Free();
    public string Said => _daemon.Said;

    public static async Task<HaProxy> StartAsync(int server)
    {
        var balancer = new HaProxy(server);
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(balancer.V1Port), () => "HAProxy serves:\n" + balancer.Said);
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _scratch.Dispose();
    }

    string Configuration(int server) => $"""
        global
          maxconn 200
        defaults
          mode tcp
          timeout connect 5s
          timeout client 60s
          timeout server 60s
        listen v1
          bind 127.0.0.1:{V1Port}
          server proxy 127.0.0.1:{server} send-proxy check inter 500ms
        listen v2
          bind 127.0.0.1:{V2Port}
          server proxy 127.0.0.1:{server} send-proxy-v2 check inter 500ms

        """;
}
