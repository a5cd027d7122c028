using System.Text;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>SmtpTlsProxy as it ships: metrics, status page and logs on. Its limits an address are raised, for one address is all there is here.</summary>
sealed class Ours(Surroundings around, string binary) : Contender(around)
{
    public const string Word = "ours";

    public override string Name => Word;

    protected override string[] Command() => [binary, "run", "--config", Write("yaml", Configuration())];

    string Configuration()
    {
        StringBuilder yaml = new($$"""
            hostname: proxy.test
            metrics: { address: "127.0.0.1:{{Ports.Free()}}" }
            status: { address: "127.0.0.1:{{Ports.Free()}}" }
            defaults: { limits: { connectionsPerAddress: 1000000, connectionsPerMinutePerAddress: 1000000 } }
            certificates:
              public: { certFile: "{{Around.Certificates.CertFile}}", keyFile: "{{Around.Certificates.KeyFile}}" }
            listeners:

            """);
        if (Around.Loops > 0)
            yaml.Insert(0, $"loops: {Around.Loops}\n");
        foreach ((Route route, int port) in RoutePorts)
            yaml.AppendLine($"  {route}: {{ address: \"127.0.0.1:{port}\", tls: {ClientTls(route)}, upstream: {route}, allow: [127.0.0.0/8] }}");
        yaml.AppendLine("upstreams:");
        foreach (Route route in RoutePorts.Keys)
            yaml.AppendLine($"  {route}: {{ destinations: [\"127.0.0.1:{Around.Behind(route)}\"], {UpstreamTls(route)} }}");
        return yaml.ToString();
    }

    static string ClientTls(Route route) => route switch
    {
        { Side: Side.Egress } => "none",
        { Tls: TlsKind.Implicit } => "implicit",
        _ => "required",
    };

    string UpstreamTls(Route route) => route.Side is Side.Ingress
        ? "tls: none"
        : $"tls: {(route.Tls is TlsKind.Implicit ? "implicit" : "required")}, verify: {{ mode: pkix, name: {Target.Name}, caFile: \"{Around.Certificates.CaFile}\" }}";
}
