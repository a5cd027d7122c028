using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Listener;

/// <summary>
/// Kestrel's endpoints for the listeners of a configuration, each with its pipeline: what runs for whom is read here, top to bottom. The pipeline stands
/// as long as the endpoint; what a reload can change is decided by each session's route.
/// </summary>
sealed class Endpoints(CurrentSessions sessions, SessionLog log, TimeProvider time)
{
    public void Bind(KestrelServerOptions kestrel, ListenerConfiguration listener)
    {
        ListenerCaps caps = new(time);
        foreach (ListenAddress address in listener.Addresses)
        {
            LoopEndPoint at = new(EndPointOf(address), listener.Name);
            kestrel.Listen(at, options => Pipeline(options, at, caps));
        }
    }

    void Pipeline(ListenOptions options, LoopEndPoint at, ListenerCaps caps)
    {
        options.Use(next => at.RunOnLoops(next, log.Fault));
        options.Use(next => new RecordMiddleware(next, sessions, log, time).OnConnectionAsync);
        options.Use(next => new ProxyHeaderMiddleware(next).OnConnectionAsync);
        options.Use(next => new CapMiddleware(next, caps).OnConnectionAsync);
        options.Use(next => new ImplicitTlsMiddleware(next).OnConnectionAsync);
        options.Use(_ => SmtpHandler.OnConnectedAsync);
    }

    static EndPoint EndPointOf(ListenAddress address) => address switch
    {
        ListenAddress.Tcp tcp => tcp.EndPoint,
        ListenAddress.Unix unix => new UnixDomainSocketEndPoint(unix.Path),
        ListenAddress.Systemd systemd => SystemdSockets.Find(systemd.Name),
        _ => throw new NotSupportedException(address.ToString()),
    };
}
