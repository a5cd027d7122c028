using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Transport.Tests.Legs;

namespace SmtpTlsProxy.Transport.Tests.Sockets;

/// <summary>Kestrel with listeners on loops, which echo, and one HTTP port on its own sockets.</summary>
sealed class KestrelHost : IAsyncDisposable
{
    internal const string Tls = "tls";

    readonly TlsContext _context = LegPair.ServerContext();
    readonly WebApplication _app;

    KestrelHost(LoopEndPoint[] at)
    {
        Factory = new LoopListenerFactory(Loops);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, at));
        builder.Services.AddSingleton<IConnectionListenerFactory>(Factory);
        _app = builder.Build();
        _app.Run(context => context.Response.WriteAsync("alive"));
    }

    internal LoopGroup Loops { get; } = new(2, TimeProvider.System, Assert.Fail);

    internal LoopListenerFactory Factory { get; }

    internal List<Exception> Faults { get; } = [];

    /// <summary>What else a session does before it echoes.</summary>
    internal Func<LoopConnection, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Where HTTP is served: the one address that is not a loop's.</summary>
    internal string Http => _app.Urls.Single(url => !_loopUrls.Contains(url));

    HashSet<string> _loopUrls = [];

    internal static async Task<KestrelHost> StartAsync(params LoopEndPoint[] at)
    {
        KestrelHost host = new(at);
        await host._app.StartAsync();
        host._loopUrls = [.. at.Select(end => $"http://{end}")];
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await EmptyAsync();
        await AssertNothingIsHeldAsync();
        await _app.DisposeAsync();
        Loops.Dispose();
        _context.Dispose();
        Assert.Empty(Faults);
    }

    internal async Task EmptyAsync()
    {
        for (int wait = 0; Loops.Sessions > 0 && wait < 500; wait++)
            await Task.Delay(10);
    }

    internal async Task AssertNothingIsHeldAsync()
    {
        foreach (EpollLoop loop in Loops.Loops)
            Assert.Equal("0 sessions, 0 sockets, 0 TLS objects, 0 rented buffers", await loop.Call(() => Task.FromResult(loop.Counts.ToString())));
    }

    void Listen(KestrelServerOptions kestrel, LoopEndPoint[] at)
    {
        foreach (LoopEndPoint end in at)
            kestrel.Listen(end, listen => listen.Use(_ => end.RunOnLoops(connection => SessionAsync((LoopConnection)connection), Fault)));
        kestrel.Listen(IPAddress.Loopback, 0);
    }

    void Fault(Exception e)
    {
        lock (Faults)
            Faults.Add(e);
    }

    async Task SessionAsync(LoopConnection connection)
    {
        Assert.True(connection.Loop.IsCurrent);
        await Before(connection);
        if (connection.Listener == Tls && !(await connection.Leg.UpgradeAsync(_context, null, LegPair.Limit)).Succeeded)
            return;
        Wake wake = Wake.Start;
        while (!wake.IsAbort && Echo(connection.Leg))
            wake = await connection.Waiter.NextAsync(Deadline.Never);
        await connection.Leg.CloseAsync(TimeSpan.FromSeconds(2));
    }

    static bool Echo(Leg leg)
    {
        leg.Flush();
        ReadStatus status = ReadStatus.Empty;
        ReadOnlySpan<byte> lent = default;
        while (leg.CanWrite && (status = leg.TryRead(out lent)) is ReadStatus.Data)
        {
            leg.Write(lent);
            leg.Consume(lent.Length);
        }

        leg.Flush();
        return status is ReadStatus.Empty or ReadStatus.Data;
    }
}
