using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmtpTlsProxy.Admin;
using SmtpTlsProxy.Cli.Reloading;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Lifetime;
using SmtpTlsProxy.Listener;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Upstream;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace SmtpTlsProxy.Cli;

/// <summary>The whole proxy, put together: the one place that knows every room.</summary>
sealed class ProxyHost : IAsyncDisposable
{
    static readonly TimeProvider Time = TimeProvider.System;

    readonly Reload _reload;
    readonly FileWatch? _watch;
    readonly SecurityMemory _security = new(Time);
    readonly SecurityKeeper? _keeper;
    readonly CancellationTokenSource _stopWatching = new();
    readonly LogSetup _log;
    readonly TicketRing _tickets = new(Time);
    readonly OcspStapler _stapler;
    readonly LoopGroup _loops;
    readonly LoopListenerFactory _listeners;
    readonly Drain _drain;
    readonly Thrift _thrift;
    readonly WebApplication _app;
    readonly ClusterSource _clusterSource;
    readonly DestinationNames _names;
    Clusters? _clusters;
    CurrentSessions? _sessions;
    Task _watching = Task.CompletedTask;
    Task _saving = Task.CompletedTask;
    bool _isBound;
    bool _codeIsReleased;

    /// <summary>Loads OpenSSL and the certificates; binds nothing yet.</summary>
    /// <param name="loaded">A configuration without mistakes.</param>
    /// <param name="again">Reads its sources once more, for a reload; null: it cannot change.</param>
    public ProxyHost(LoadResult loaded, Func<LoadResult>? again = null)
    {
        OpenSslLibrary.Load();
        RunningConfiguration first = RunningConfiguration.Start(loaded, Time);
        _tickets.Become(first.Configuration.Tickets, first.Tickets?.Keys);
        _log = LogSetup.Create(first.Configuration.Log.ToOptions(), Metrics, Time);
        _stapler = new OcspStapler(NewHttp(), Time, OcspTold);
        ReloadReport report = new(Metrics, _log, Time);
        report.Started(first);
        _reload = new Reload(first, again ?? (() => loaded), ApplyAsync, report);
        _watch = again is null ? null : new FileWatch(_reload, Time);
        if (first.Configuration.StateDirectory is { } directory)
            _keeper = SecurityKeeper.Start(_security, new SecurityFile(directory, Time), Time, _log.Warn);
        _security.Follow(first.Configuration);                        // what is remembered of servers that are gone
        _names = new DestinationNames(new DnsNames(() => Configuration.DnsServers), Time, _log.Warn);
        _clusterSource = new ClusterSource(first.Configuration.Upstreams, Time);
        _loops = new LoopGroup(first.Configuration.Loops ?? CpuQuota.Loops, Time, _log.Warn);
        _listeners = new LoopListenerFactory(_loops);
        _drain = new Drain(_loops.DrainAll, _loops.AbortAll, () => _loops.Sessions, Time, _log.Warn);
        _drain.First(() => { Metrics.Draining = true; return Task.CompletedTask; });
        _drain.First(() => _listeners.UnbindAllAsync());
        _thrift = new Thrift(() => _loops.Sessions, () => GC.GetTotalAllocatedBytes(), GiveBack, Time);
        _app = Build();
    }

    public Metrics Metrics { get; } = new();

    /// <summary>Binds and serves; an address that cannot be bound throws <see cref="IOException"/>.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _app.UseRouting();
        _app.MapReverseProxy();                                       // loads YARP's clusters; there is no route that it could proxy by
        AdminEndpoints.Map(_app, () => Configuration, Metrics, Health(), _drain, Certificates, (upstream, destination) => _sessions!.Now.HealthOf(upstream, destination), Time);
        Tell();
        await _app.StartAsync(cancel);
        _isBound = true;
        _stapler.Become(Configuration.Certificates, UsableCertificates);
        Metrics.BeforeCollect(() => _sessions!.Now.Publish());
        _sessions!.Now.BeginChecks(_loops.Loops, _log.Warn);
        _watching = _watch?.WatchAsync(_stopWatching.Token) ?? Task.CompletedTask;
        _saving = _thrift.WatchAsync(_stopWatching.Token);
        foreach (ListenerConfiguration listener in Configuration.Listeners)
            _log.Tell($"Listener {listener.Name} serves {string.Join(", ", listener.Addresses)}: tls {Vocabulary.TlsModes.WordOf(listener.Tls)}, upstream {listener.Upstream}.");
    }

    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _stopWatching.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _drain.DrainAsync(TimeSpan.Zero);
        await _app.DisposeAsync();
        _sessions?.Now.Dispose();
        await _names.DisposeAsync();
        _stopWatching.Dispose();
        _loops.Dispose();
        _tickets.Dispose();
        _stapler.Dispose();
        if (_keeper is not null)
            await _keeper.DisposeAsync();
        await _log.DisposeAsync();
    }

    WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Listen);
        builder.Logging.AddProvider(_log.Provider);
        builder.Services.AddRoutingCore();
        builder.Services.AddReverseProxy();
        builder.Services.AddSingleton<IAvailableDestinationsPolicy, HealthyOrPanic>();
        builder.Services.AddSingleton(_clusterSource.Provider);
        builder.Services.AddSingleton<IConfigChangeListener>(_clusterSource);
        builder.Services.AddSingleton<IConnectionListenerFactory>(_listeners);
        builder.Services.AddSingleton<IHostLifetime>(services => new ProxyLifetime(
            services.GetRequiredService<IHostApplicationLifetime>(), _drain, () => Configuration.DrainTimeout, AskForReload, Environment.Exit));
        return builder.Build();
    }

    void Listen(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        AdminEndpoints.Bind(kestrel, Configuration.Metrics, Configuration.Status);
        _clusters = new Clusters(kestrel.ApplicationServices.GetRequiredService<IProxyStateLookup>(), kestrel.ApplicationServices.GetRequiredService<IDestinationHealthUpdater>(), _names, Time, _log.Warn);
        _sessions = new CurrentSessions(SessionsOf(_reload.Running));
        Endpoints endpoints = new(_sessions, _log.Sessions, Time);
        foreach (ListenerConfiguration listener in Configuration.Listeners)
            endpoints.Bind(kestrel, listener);
    }

    ProxySessions SessionsOf(RunningConfiguration running) =>
        new(running.Configuration, running.Certificates.Usable, _clusters!, new SocketDialler(), Metrics, _security, _sessions?.Now, _tickets);

    // What can fail comes first: what follows puts in force what stands already.
    async Task ApplyAsync(RunningConfiguration next)
    {
        ProxySessions sessions = SessionsOf(next);
        await _clusterSource.UpdateAsync(next.Configuration.Upstreams);
        _sessions!.Now.EndChecks();
        _sessions.Become(sessions);
        sessions.BeginChecks(_loops.Loops, _log.Warn);
        _clusters!.Keep(next.Configuration.Upstreams);
        Metrics.KeepDestinations(next.Configuration.Upstreams.SelectMany(upstream => upstream.Destinations, (upstream, destination) => (upstream.Name, destination.Id)));
        _security.Follow(next.Configuration);
        _tickets.Become(next.Configuration.Tickets, next.Tickets?.Keys);
        _stapler.Become(next.Configuration.Certificates, next.Certificates.Usable);
        _log.Become(next.Configuration.Log.ToOptions());
    }

    void GiveBack()
    {
        _loops.Trim();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        if (!_codeIsReleased)
            MachineCode.Release();                                    // once: what only the start ran does not run again
        _codeIsReleased = true;
    }

    // Responders are asked in the clear by design (RFC 5019); where pods reach the world through a proxy, the environment says so.
    static HttpMessageInvoker NewHttp() => new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    void OcspTold(string certificate, OcspResult result, string words)
    {
        Metrics.Configuration.OcspAsked((int)result);
        if (result is OcspResult.Ok)
            _log.Tell($"Certificate {certificate}: {words}.");
        else
            _log.Warn($"Certificate {certificate}: {words}.");
    }

    void AskForReload()
    {
        if (_isBound && _watch is not null)
            _ = _watch.AskedAsync();
    }

    ProxyConfiguration Configuration => _reload.Running.Configuration;

    IReadOnlyList<TlsCertificate> UsableCertificates => _reload.Running.Certificates.Usable;

    bool NeedsCertificate => Configuration.Listeners.Any(listener => listener.Tls is not TlsMode.None);

    Health Health()
    {
        Readiness readiness = new Readiness()
            .Require("listeners", () => _isBound ? null : "listeners are not bound yet")
            .Require("certificate", () => NeedsCertificate && UsableCertificates.Count == 0 ? "no usable certificate" : null)
            .Require("upstreams", () => _sessions?.Now.WhyNotWell())
            .Tell(() => _sessions?.Now.HealthLines() ?? [])
            .Require(Readiness.NotDraining, () => _drain.IsDraining ? "the process drains" : null);
        return new Health(readiness, () => _loops.OldestTurnAge);
    }

    IReadOnlyList<CertificateStatus> Certificates() => [.. UsableCertificates.Select(c => new CertificateStatus(c.Name, c.DnsNames, c.NotAfter, _reload.Running.Certificates.ProblemOf(c.Name)))];

    void Tell()
    {
        Metrics.Build(BuildInfo.Current, OpenSslLibrary.Version);
        Metrics.UpstreamSecurity(_security.Levels);
        Metrics.CountLive("sessions", () => Live.Sessions);
        Metrics.CountLive("sockets", () => Live.Sockets);
        Metrics.CountLive("tls_objects", () => Live.TlsObjects);
        Metrics.CountLive("rented_buffers", () => Live.RentedBuffers);
    }
}
