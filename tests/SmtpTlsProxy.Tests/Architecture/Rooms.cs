namespace SmtpTlsProxy.Architecture;

/// <summary>
/// The table of rooms as data: who may use what. A room is a namespace; own rooms and libraries are named by the beginning of a namespace.
/// A type may always use its own room and the base class library.
/// </summary>
static class Rooms
{
    const string Protocol = "SmtpTlsProxy.Protocol";
    const string Loops = "SmtpTlsProxy.Transport.Loops";
    const string OpenSsl = "SmtpTlsProxy.Transport.OpenSsl";
    const string Legs = "SmtpTlsProxy.Transport.Legs";
    const string Sockets = "SmtpTlsProxy.Transport.Sockets";
    const string Telemetry = "SmtpTlsProxy.Telemetry";
    const string Lifetime = "SmtpTlsProxy.Lifetime";
    const string Configuration = "SmtpTlsProxy.Configuration";
    const string Tls = "SmtpTlsProxy.Tls";
    const string Relay = "SmtpTlsProxy.Relay";
    const string Upstream = "SmtpTlsProxy.Upstream";
    const string Session = "SmtpTlsProxy.Session";
    const string Listener = "SmtpTlsProxy.Listener";
    const string Admin = "SmtpTlsProxy.Admin";
    const string Cli = "SmtpTlsProxy.Cli";

    const string Hosting = "Microsoft.Extensions.Hosting";
    const string Extensions = "Microsoft.Extensions";
    const string Kestrel = "Microsoft.AspNetCore";
    const string ConnectionAbstractions = "Microsoft.AspNetCore.Connections";
    const string ConnectionFeatures = "Microsoft.AspNetCore.Http.Features";
    const string Yarp = "Yarp";
    const string Polly = "Polly";
    const string DnsClient = "DnsClient";
    const string Prometheus = "Prometheus";
    const string Serilog = "Serilog";
    const string YamlDotNet = "YamlDotNet";
    const string CommandLine = "System.CommandLine";

    /// <summary>Every room and what it may use beside itself and the base class library.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> MayUse = new Dictionary<string, string[]>
    {
        [Protocol] = [],
        [Loops] = [],
        [OpenSsl] = [Loops],                                          // Loops: the live counts
        [Legs] = [Loops, OpenSsl],
        [Sockets] = [Loops, Legs, OpenSsl, ConnectionAbstractions, ConnectionFeatures],
        [Telemetry] = [Protocol, OpenSsl, Configuration, Prometheus, Serilog, Extensions],
        [Lifetime] = [Loops, Telemetry, Hosting],
        [Configuration] = [Protocol, OpenSsl, Telemetry, YamlDotNet],      // OpenSsl: the values of a TLS policy
        [Tls] = [Protocol, OpenSsl, Configuration, Telemetry],
        [Relay] = [Protocol, Legs, Loops, Telemetry, Configuration],
        [Upstream] = [Protocol, Loops, Legs, OpenSsl, Tls, Configuration, Telemetry, Yarp, Polly, DnsClient],
        [Session] = [Protocol, Loops, Legs, OpenSsl, Relay, Upstream, Tls, Configuration, Telemetry, Lifetime],
        [Listener] = [Session, Sockets, Legs, Loops, OpenSsl, Protocol, Tls, Configuration, Telemetry, Lifetime, Kestrel],
        [Admin] = [Protocol, Telemetry, Configuration, Lifetime, Kestrel, Extensions],
        [Cli] = [Protocol, Loops, OpenSsl, Legs, Sockets, Telemetry, Lifetime, Configuration, Tls, Relay, Upstream, Session, Listener, Admin, Kestrel, Extensions, Yarp, Serilog, CommandLine],
    };

    /// <summary>Libraries that a room must be granted by name; everything else outside is the base class library.</summary>
    public static readonly string[] Libraries = [Extensions, Kestrel, Yarp, Polly, DnsClient, Prometheus, Serilog, YamlDotNet, CommandLine];
}
