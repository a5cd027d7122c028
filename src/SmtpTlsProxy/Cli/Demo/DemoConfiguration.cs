using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>The configuration that the demo runs on, as an operator would write it.</summary>
static class DemoConfiguration
{
    public static LoadResult Load(string yaml) => ConfigurationLoader.Load([YamlSource.FromText(yaml, "demo")], Machine.Current(TimeProvider.System));

    public static string Yaml(string folder, DemoPorts ports, int legacy, int wire) => $"""
        hostname: {DemoCertificate.Name}
        listeners:
          mx:                               # ingress: STARTTLS ends here, the legacy server sees plain SMTP
            address: 127.0.0.1:{ports.Mx}
            tls: opportunistic
            upstream: legacy
          outbound:                         # egress: an application without TLS reaches a server that demands it
            address: 127.0.0.1:{ports.Outbound}
            tls: none
            upstream: secure
            allow: [127.0.0.0/8]
          strangers:                        # ingress again, and the server is to be told who the client is
            address: 127.0.0.1:{ports.Strangers}
            tls: opportunistic
            upstream: deaf
        upstreams:
          legacy:
            destinations: ["127.0.0.1:{legacy}"]
            tls: none
            identity: none
          deaf:
            destinations: ["127.0.0.1:{legacy}"]
            tls: none
            identity: xclient
          secure:
            destinations: ["127.0.0.1:{wire}"]
            tls: required
            verify: {"{"} mode: pkix, name: {DemoCertificate.Name}, caFile: {folder}/demo.crt {"}"}
        certificates:
          demo: {"{"} certFile: {folder}/demo.crt, keyFile: {folder}/demo.key {"}"}
        metrics: {"{"} address: "127.0.0.1:{ports.Metrics}" {"}"}
        status: disabled
        log: {"{"} level: error, format: text {"}"}

        """;
}

/// <summary>The demo's ports: the well-known ones where they are free.</summary>
sealed record DemoPorts(int Mx, int Outbound, int Strangers, int Metrics)
{
    public static DemoPorts Choose() => new(FreePort(2525), FreePort(2587), FreePort(2526), FreePort(9525));

    static int FreePort(int preferred)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, preferred));
        }
        catch (SocketException)
        {   // taken: any other will do
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
