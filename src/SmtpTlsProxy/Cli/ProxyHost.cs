using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmtpTlsProxy.Admin;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Lifetime;
using SmtpTlsProxy.Listener;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Upstream;
using Yarp.ReverseProxy;

namespace SmtpTlsProxy.Cli;

/// <summary>The whole proxy, put together: the one place that knows every room.</summary>
sealed class ProxyHost : IAsyncDisposable
{
    static readonly TimeProvider Time = TimeProvider.System;

    readonly ProxyConfiguration _configuration;
    readonly IReadOnlyList<TlsCertificate> _certificates;
    readonly LogSetup _log;
    readonly LoopGroup _loops;
    readonly LoopListenerFactory _listeners;
    readonly Drain _drain;
    readonly WebApplication _app;
    ProxySessions? _sessions;
    bool _isBound;

    /// <summary>Loads OpenSSL and the certificates; binds nothing yet.</summary>
    public ProxyHost(ProxyConfiguration configuration)
    {
        OpenSslLibrary.Load();
        _configuration = configuration;
        _certificates = [.. configuration.Certificates.Select(CertificateFiles.Load)];
        _log = LogSetup.Create(configuration.Log.ToOptions(), Metrics, Time);
        _loops = new LoopGroup(Environment.ProcessorCount, Time, _log.Warn);
        _listeners = new LoopListenerFactory(_loops);
        _drain = new Drain(_loops.DrainAll, _loops.AbortAll, () => _loops.Sessions, Time, _log.Warn);
        _drain.First(() => { Metrics.Draining = true; return Task.CompletedTask; });
        _drain.First(() => _listeners.UnbindAllAsync());
        _app = Build();
    }

    public Metrics Metrics { get; } = new();

    /// <summary>Binds and serves; an address that cannot be bound throws <see cref="IOException"/>.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _app.UseRouting();
        _app.MapReverseProxy();                                       // loads YARP's clusters; there is no route that it could proxy by
        AdminEndpoints.Map(_app, () => _configuration, Metrics, Health(), _drain, Certificates, Time);
        Tell();
        await _app.StartAsync(cancel);
        _isBound = true;
        foreach (ListenerConfiguration listener in _configuration.Listeners)
            _log.Tell($"Listener {listener.Name} serves {string.Join(", ", listener.Addresses)}: tls {Vocabulary.TlsModes.WordOf(listener.Tls)}, upstream {listener.Upstream}.");
    }

    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _drain.DrainAsync(TimeSpan.Zero);
        await _app.DisposeAsync();
        _sessions?.Dispose();
        _loops.Dispose();
        await _log.DisposeAsync();
    }

    WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Logging.AddProvider(_log.Provider);
        builder.Services.AddRoutingCore();
        builder.Services.AddReverseProxy().LoadFromMemory([], Clusters.From(_configuration.Upstreams));
        builder.Services.AddSingleton<IConnectionListenerFactory>(_listeners);
        builder.Services.AddSingleton<IHostLifetime>(services => new ProxyLifetime(
            services.GetRequiredService<IHostApplicationLifetime>(), _drain, () => _configuration.DrainTimeout, () => _log.Warn("SIGHUP: reload is not in force yet; restart to take a new configuration."), Environment.Exit));
        return builder.Build();
    }

    void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        AdminEndpoints.Bind(kestrel, _configuration.Metrics, _configuration.Status);
        Clusters clusters = new(kestrel.ApplicationServices.GetRequiredService<IProxyStateLookup>());
        _sessions = new ProxySessions(_configuration, _certificates, clusters, new SocketDialler(), Metrics);
        Endpoints endpoints = new(_sessions, _log.Sessions, Time);
        foreach (ListenerConfiguration listener in _configuration.Listeners)
            endpoints.Bind(kestrel, listener);
    }

    bool NeedsCertificate => _configuration.Listeners.Any(listener => listener.Tls is not TlsMode.None);

    Health Health()
    {
        Readiness readiness = new Readiness()
            .Require("listeners", () => _isBound ? null : "listeners are not bound yet")
            .Require("certificate", () => NeedsCertificate && _certificates.Count == 0 ? "no usable certificate" : null)
            .Require(Readiness.NotDraining, () => _drain.IsDraining ? "the process drains" : null);
        return new Health(readiness, () => _loops.OldestTurnAge);
    }

    IReadOnlyList<CertificateStatus> Certificates() => [.. _certificates.Select(c => new CertificateStatus(c.Name, c.DnsNames, c.NotAfter, null))];

    void Tell()
    {
        Metrics.Build(BuildInfo.Current, OpenSslLibrary.Version);
        Metrics.CountLive("sessions", () => Live.Sessions);
        Metrics.CountLive("sockets", () => Live.Sockets);
        Metrics.CountLive("tls_objects", () => Live.TlsObjects);
        Metrics.CountLive("rented_buffers", () => Live.RentedBuffers);
        foreach (TlsCertificate certificate in _certificates)
            Metrics.Certificate(certificate.Name, certificate.NotAfter);
    }
}
