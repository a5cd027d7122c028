namespace SmtpTlsProxy.Configuration;

/// <summary>Configurations to begin with.</summary>
static class Examples
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string> { ["ingress"] = Ingress, ["egress"] = Egress };

    const string Ingress = """
        # yaml-language-server: $schema=./smtp-tls-proxy.schema.json
        # TLS for a mail server that has none: mail from the internet arrives here, is decrypted, and goes on to the server beside it.
        hostname: mail.example.com

        listeners:
          mx:
            address: ["0.0.0.0:2525", "[::]:2525"]
            tls: opportunistic              # other servers may come without TLS: RFC 3207 wants a public MX to take them
            upstream: server
          submissions:
            address: ["0.0.0.0:4650", "[::]:4650"]
            tls: implicit
            upstream: server

        upstreams:
          server:
            destinations: ["127.0.0.1:10025"]
            tls: none
            # The server sees the client's own address. Postfix: smtpd_authorized_xclient_hosts = 127.0.0.1
            # Without it every stranger would be a neighbour, and the server an open relay.
            identity: xclient

        certificates:
          public: { certFile: /tls/tls.crt, keyFile: /tls/tls.key }

        """;

    const string Egress = """
        # yaml-language-server: $schema=./smtp-tls-proxy.schema.json
        # TLS for applications that have none: they speak clear text on loopback, and the proxy speaks verified TLS to the smarthost.
        hostname: app.example.com

        listeners:
          outbound:
            address: ["127.0.0.1:2587", "[::1]:2587"]
            tls: none
            upstream: smarthost
            allow: [127.0.0.0/8, "::1"]

        upstreams:
          smarthost:
            destinations: ["smtp.example.net:587"]
            tls: required
            verify: { mode: pkix, name: smtp.example.net }
            helo: app.example.com           # applications that say localhost are refused by many servers

        """;
}
