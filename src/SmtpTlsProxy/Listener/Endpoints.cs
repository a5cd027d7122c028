using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Listener;

/// <summary>Kestrel's endpoints for the listeners of a configuration, each with its pipeline. What runs for whom is read here, top to bottom.</summary>
sealed class Endpoints(ProxySessions sessions, SessionLog log, TimeProvider time)
{
    public void Bind(KestrelServerOptions kestrel, ListenerConfiguration listener)
    {
        ListenerCaps caps = new(listener, time);
        foreach (ListenAddress address in listener.Addresses)
            kestrel.Listen(new LoopEndPoint(EndPointOf(address), listener.Name), options => Pipeline(options, listener, caps));
    }

    void Pipeline(ListenOptions options, ListenerConfiguration listener, ListenerCaps caps)
    {
        options.Use(next => new LoopMiddleware(next, sessions, log, time).OnConnectionAsync);
        if (listener.ProxyProtocolFrom.Count > 0)
            options.Use(next => new ProxyHeaderMiddleware(next, listener).OnConnectionAsync);
        options.Use(next => new CapMiddleware(next, caps).OnConnectionAsync);
        if (listener.Tls is TlsMode.Implicit)
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
