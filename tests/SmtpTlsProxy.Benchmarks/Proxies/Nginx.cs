using System.Text;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Load;

namespace SmtpTlsProxy.Benchmarks.Proxies;

/// <summary>nginx's mail module. It greets by itself and dials when the first recipient is named, so a handshake or an idle session costs it no upstream.</summary>
sealed class Nginx(Surroundings around) : Contender(around)
{
    public const string Word = "nginx";

    public override string Name => Word;

    public static string? Module => ((string[])["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"])
        .Select(folder => Path.Combine(folder, "ngx_mail_module.so")).FirstOrDefault(File.Exists);

    protected override string[] Command()
    {
        string file = Write("conf", Configuration());
        return [Tools.PathOf(Word)!, "-p", Around.Scratch.Folder, "-e", LogFile, "-c", file];
    }

    string Configuration()
    {
        StringBuilder text = new($$"""
            load_module {{Module}};
            daemon off;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            worker_processes {{Around.Threads}};
            pid {{Around.Scratch.PathTo("nginx.pid")}};
            events { worker_connections {{3 * Surroundings.Sessions}}; }
            mail {
              server_name proxy.test;
              auth_http 127.0.0.1:{{Around.Sink.AuthHttp}}/;
              ssl_certificate {{Around.Certificates.CertFile}};
              ssl_certificate_key {{Around.Certificates.KeyFile}};
              ssl_protocols TLSv1.2 TLSv1.3;
              ssl_conf_command Ciphersuites {{Surroundings.CipherSuite}};
              smtp_auth none;
              smtp_capabilities PIPELINING "SIZE 1000000000" 8BITMIME CHUNKING;
              smtp_client_buffer 16k;
              proxy_buffer 16k;
              xclient off;
              timeout 5m;
              proxy_timeout 1h;

            """);
        foreach ((Route route, int port) in RoutePorts)
            text.AppendLine($"  server {{ listen 127.0.0.1:{port}{(route.Tls is TlsKind.Implicit ? " ssl" : "")}; protocol smtp; {(route.Tls is TlsKind.StartTls ? "starttls on;" : "")} }}");
        return text.AppendLine("}").ToString();
    }
}
