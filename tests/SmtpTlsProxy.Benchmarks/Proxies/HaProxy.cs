using System.Text;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>HAProxy in TCP mode: a pipe of octets under TLS. It knows no SMTP, hence no STARTTLS.</summary>
sealed class HaProxy(Surroundings around) : Contender(around)
{
    public const string Word = "haproxy";

    public override string Name => Word;

    protected override string[] Command() => [Tools.PathOf(Word)!, "-db", "-f", Write("cfg", Configuration())];

    string Configuration()
    {
        StringBuilder text = new($"""
            global
              nbthread {Around.Threads}
              maxconn {Surroundings.Sessions}
              ssl-default-bind-ciphersuites {Surroundings.CipherSuite}
              ssl-default-server-ciphersuites {Surroundings.CipherSuite}
            defaults
              mode tcp
              maxconn {Surroundings.Sessions}
              timeout connect 15s
              timeout client 5m
              timeout server 5m

            """);
        foreach ((Route route, int port) in RoutePorts)
        {
            text.AppendLine($"listen {route}");
            text.AppendLine($"  bind 127.0.0.1:{port} {(route.Side is Side.Ingress ? $"ssl crt {Around.Certificates.CombinedFile}" : "")}");
            text.AppendLine($"  server sink 127.0.0.1:{Around.Behind(route)} {(route.Side is Side.Egress ? Verified : "")}");
        }
        return text.ToString();
    }

    string Verified => $"ssl verify required ca-file {Around.Certificates.CaFile} verifyhost {Target.Name} sni str({Target.Name})";
}
