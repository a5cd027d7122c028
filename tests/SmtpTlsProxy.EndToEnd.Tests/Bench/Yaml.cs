namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Configuration as operators write it, a line an entry.</summary>
static class Yaml
{
    public static string Listener(string name, int port, string tls, string upstream, string more = "", string address = "127.0.0.1") =>
        $"  {name}: {{ address: \"{address}:{port}\", tls: {tls}, upstream: {upstream}{Comma(more)} }}\n";

    public static string Upstream(string name, int port, string tls, string more = "") =>
        $"  {name}: {{ destinations: {{ a: \"127.0.0.1:{port}\" }}, tls: {tls}{Comma(more)} }}\n";

    /// <summary>An upstream's `verify` for a server of the bench.</summary>
    public static string Verified(string caFile, string name = Names.Server) => $"verify: {{ mode: pkix, name: {name}, caFile: \"{caFile}\" }}";

    public static string Whole(string listeners, string upstreams, PemPair? certificate = null, string more = "") =>
        $"listeners:\n{listeners}upstreams:\n{upstreams}{(certificate is null ? "" : Certificates(certificate))}{more}";

    static string Certificates(PemPair pair) => $"certificates:\n  public: {{ certFile: \"{pair.CertFile}\", keyFile: \"{pair.KeyFile}\" }}\n";

    static string Comma(string more) => more.Length > 0 ? ", " + more : "";
}
