using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Lifetime;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Admin;

/// <summary>The two ports on a real Kestrel, on loopback, with a proxy's state that the test sets.</summary>
sealed class AdminHost : IAsyncDisposable
{
    static readonly ProxyConfiguration _configuration = new()
    {
        Listeners = [new() { Name = "mx", Upstream = "legacy", Tls = TlsMode.Opportunistic, Addresses = [new ListenAddress.Tcp(IPEndPoint.Parse("0.0.0.0:2525"))] }],
        Upstreams = [new() { Name = "legacy", Destinations = [new("a", DestinationKind.Tcp, "127.0.0.1", 10025)] }],
    };

    readonly WebApplication _app;

    AdminHost()
    {
        Drain = new Drain(() => { }, () => Sessions = 0, () => Sessions, TimeProvider.System);
        Readiness = new Readiness()
            .Require("listeners", () => WhyNotListening)
            .Require(Readiness.NotDraining, () => Drain.IsDraining ? "the process drains" : null);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => AdminEndpoints.Bind(kestrel, new(IPAddress.Loopback, 0), new(IPAddress.Loopback, 0)));
        _app = builder.Build();
        AdminEndpoints.Map(_app, () => _configuration, Metrics, new Health(Readiness, () => OldestTurn), Drain,
            () => [new CertificateStatus("public", ["<mail>.example"], DateTimeOffset.UnixEpoch, null)], (_, destination) => $"health of {destination}", TimeProvider.System);
    }

    public Metrics Metrics { get; } = new();
    public Drain Drain { get; }
    public Readiness Readiness { get; }
    public int Sessions { get; set; }
    public string? WhyNotListening { get; set; }
    public TimeSpan OldestTurn { get; set; }
    public HttpClient MetricsPort { get; private set; } = null!;
    public HttpClient StatusPort { get; private set; } = null!;
    public string StatusAddress => StatusPort.BaseAddress!.Authority;

    public static async Task<AdminHost> StartAsync()
    {
        AdminHost host = new();
        await host._app.StartAsync();
        string[] addresses = [.. host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        host.MetricsPort = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        host.StatusPort = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        MetricsPort.Dispose();
        StatusPort.Dispose();
        await _app.DisposeAsync();
    }
}
