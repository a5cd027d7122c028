using System.Text;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>stunnel, a thread a session; its word `protocol = smtp` speaks STARTTLS in both roles.</summary>
sealed class Stunnel(Surroundings around) : Contender(around)
{
    public const string Word = "stunnel";

    public override string Name => Word;

    protected override string[] Command() => [Tools.PathOf(Word)!, Write("conf", Configuration())];

    string Configuration()
    {
        StringBuilder text = new($"""
            foreground = yes
            pid =
            ciphersuites = {Surroundings.CipherSuite}

            """);
        foreach ((Route route, int port) in RoutePorts)
        {
            text.AppendLine($"[{route}]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{Around.Behind(route)}");
            text.AppendLine(route.Side is Side.Ingress ? Server : Verified);
            if (route.Tls is TlsKind.StartTls)
                text.AppendLine("protocol = smtp");
        }
        return text.ToString();
    }

    string Server => $"cert = {Around.Certificates.CertFile}\nkey = {Around.Certificates.KeyFile}";

    string Verified => $"client = yes\nCAfile = {Around.Certificates.CaFile}\nverifyChain = yes\ncheckHost = {Target.Name}\nsni = {Target.Name}";
}
