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
            kestrel.Listen(new LoopEndPoint(EndPointOf(address), listener.Name), options => Pipeline(options, caps));
    }

    void Pipeline(ListenOptions options, ListenerCaps caps)
    {
        options.Use(next => new LoopMiddleware(next, sessions, log, time).OnConnectionAsync);
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
