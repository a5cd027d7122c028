using System.Net;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>All that stands behind the proxies, on one loop: SMTP in the clear and under TLS, and the answer that nginx asks for.</summary>
sealed class SinkServer : IDisposable
{
    readonly EpollLoop _loop = new(TimeProvider.System, Console.Error.WriteLine);
    SinkReport _report;

    SinkServer() => _loop.Start("sink");

    public SinkPorts Ports { get; private set; } = null!;

    public static SinkServer Start(TlsCertificate certificate)
    {
        SinkServer server = new();
        TlsServerOptions options = new() { Certificates = [certificate] };
        TlsContext tickets = TlsContext.ForServer(options), none = TlsContext.ForServer(options).WithoutTickets();
        int plain = server.Listen(null, isImplicit: false);
        server.Ports = new SinkPorts(
            plain,
            server.Listen(none, isImplicit: true),
            server.Listen(tickets, isImplicit: true),
            server.Listen(none, isImplicit: false),
            server.Listen(tickets, isImplicit: false),
            server.Listen((leg, waiter) => new AuthHttpSession(leg, waiter, plain).RunAsync()));
        return server;
    }

    /// <summary>What was seen so far. From any thread.</summary>
    public Task<SinkReport> ReportAsync() => _loop.Call(() => Task.FromResult(_report));

    public void Dispose() => _loop.Dispose();

    internal void Took(SinkCounts message) => _report = _report with { Taken = _report.Taken + message };

    internal void ShookHands(bool resumed) =>
        _report = resumed ? _report with { Resumed = _report.Resumed + 1 } : _report with { Full = _report.Full + 1 };

    int Listen(TlsContext? context, bool isImplicit) => Listen((leg, waiter) => new SinkSession(leg, waiter, this).RunAsync(context, isImplicit));

    int Listen(Func<Leg, Waiter, Task> session)
    {
        Acceptor acceptor = Acceptor.Bind(_loop, new IPEndPoint(IPAddress.Loopback, 0), backlog: 4096,
            socket => _loop.Post(() => _ = RunAsync(socket, session)));
        return ((IPEndPoint)acceptor.EndPoint).Port;
    }

    async Task RunAsync(AcceptedSocket socket, Func<Leg, Waiter, Task> session)
    {
        Waiter waiter = _loop.Enter();
        try
        {
            await session(new Leg(waiter, SocketWire.Attach(_loop, socket.Descriptor, waiter), socket.Local, socket.Remote), waiter);
        }
        catch (Exception fault)
        {
            Console.Error.WriteLine($"sink: {fault}");
        }
        finally
        {
            waiter.AbortAll();
            _loop.Leave(waiter);
        }
    }
}
