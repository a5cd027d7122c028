namespace SmtpTlsProxy.Configuration;

/// <summary>
/// Every key there is. The reader, all mistakes at once, the JSON Schema, the reference and <c>check --print</c> are made from this table:
/// a key that is not here cannot be read, and one that is here cannot be forgotten elsewhere.
/// </summary>
static class KeyTable
{
    public static IReadOnlyList<KeyDefinition> Keys { get; } =
    [
        new("hostname", KeyType.DomainName, "The name in the proxy's own replies and EHLOs.")
        {
            DefaultDoc = "the machine's name if it is an FQDN, else the local end's address literal",
        },
        new("loops", KeyType.Integer, "Event loops: one carries some ten thousand messages a second. On a machine that does nothing else, one a core.")
        {
            DefaultDoc = "one for two cores of the CPU quota, or of the machine; at least one", Max = 1024, Reloadable = false,
        },
        .. Limits("defaults"),
        .. Timeouts("defaults"),
        .. Listener("listeners.*"),
        .. Upstream("upstreams.*"),
        new("certificates.*.certFile", KeyType.File, "The certificate and its chain, PEM, leaf first.") { DefaultDoc = "required, but for pkcs12File or selfSigned" },
        new("certificates.*.keyFile", KeyType.File, "Its private key, PEM.") { DefaultDoc = "required, but for pkcs12File or selfSigned" },
        new("certificates.*.keyPasswordFile", KeyType.File, "A file with the password of an encrypted key, or of pkcs12File."),
        new("certificates.*.pkcs12File", KeyType.File, "Certificate, chain and key in one PKCS#12 file, in place of certFile and keyFile."),
        new("certificates.*.selfSigned", KeyType.DomainNames, "In place of files: a certificate for these names is made at each start, signed by itself."),
        new("certificates.*.ocsp", KeyType.Word, "staple: the responder that the certificate names is asked over HTTP, and its answer shown to clients that want it.")
        {
            Default = "disabled", Words = Vocabulary.Ocsps.Words,
        },
        new("tickets.keyFile", KeyType.File, "Keys of session tickets that replicas share: of 80 or 48 octets, in base64 a line each or as they are; the first encrypts, all decrypt.")
        {
            DefaultDoc = "made in the process",
        },
        Duration("tickets.rotation", "8h", "How often a key of session tickets is made anew in the process; the one before decrypts for as long again."),
        new("reportOnly", KeyType.Words, "Rules that count and log instead of refusing. AUTH never goes in the clear for it.")
        {
            Default = "", DefaultDoc = "every rule is enforced", Words = Vocabulary.ReportOnly.Words,
        },
        new("dns.servers", KeyType.Addresses, "Whom to ask for the names of destinations.")
        {
            DefaultDoc = "/etc/hosts, then those of /etc/resolv.conf",
        },
        new("metrics", KeyType.Word, "Where metrics and probes are served, or the word.") { Words = Vocabulary.Disabled.Words, Reloadable = false },
        new("metrics.address", KeyType.Address, "/metrics, /livez and /readyz: what kubelet and Prometheus may reach.")
        {
            Default = "127.0.0.1:9525", Reloadable = false,
        },
        new("status", KeyType.Word, "Where status page, API and drain are served, or the word.") { Words = Vocabulary.Disabled.Words, Reloadable = false },
        new("status.address", KeyType.Address, "Status page, API and drain: never beyond the pod or host by default.")
        {
            Default = "127.0.0.1:9526", Reloadable = false,
        },
        new("stateDirectory", KeyType.File, "A folder of this process alone for what must outlive a restart: the best security seen of each server.")
        {
            DefaultDoc = "nothing is kept", Reloadable = false,
        },
        Duration("drain.timeout", "25s", "How long a stopping proxy waits for its sessions."),
        new("log.level", KeyType.Word, "The least severe event that is written.") { Default = "information", Words = Vocabulary.LogLevels.Words },
        new("log.format", KeyType.Word, "JSON for machines, text for people.") { Default = "json", Words = Vocabulary.LogFormats.Words },
        new("log.addresses", KeyType.Word, "How much of a mail address is logged.")
        {
            Default = "domainOnly", Words = Vocabulary.AddressLoggings.Words, WordsNotInForce = ["full", "hashed", "none"],
        },
        new("log.clientIp", KeyType.Word, "How much of a client's IP address is logged.") { Default = "full", Words = Vocabulary.ClientIpLoggings.Words },
    ];

    public static KeyTree Tree { get; } = KeyTree.Of(Keys);

    /// <summary>The definition behind a concrete path such as <c>listeners.mx.tls</c>; null for none.</summary>
    public static KeyDefinition? Of(string path)
    {
        KeyTree? node = Tree;
        foreach (string part in path.Split('.'))
        {
            if (node?.Key?.Type is KeyType.Destinations) return node.Key;
            node = node?.Named ?? node?.Child(part);
        }
        return node?.Key;
    }

    static IEnumerable<KeyDefinition> Listener(string at) =>
    [
        new($"{at}.address", KeyType.ListenAddresses, "host:port, [v6]:port, unix:/path or systemd:NAME; one or a list.")
        {
            Required = true, Reloadable = false,
        },
        new($"{at}.tls", KeyType.Word, "TLS on the client leg.") { Required = true, Words = Vocabulary.TlsModes.Words },
        new($"{at}.upstream", KeyType.Name, "The upstream that the listener relays to.") { Required = true },
        new($"{at}.certificates", KeyType.Names, "The certificates it may show, chosen by SNI; the first where none matches.") { DefaultDoc = "all" },
        .. ClientCertificates.Keys(at),
        new($"{at}.strictSni", KeyType.Flag, "Whether a client that asks for a name (SNI) that no certificate has is refused; one that asks for none never is.")
        {
            Default = "false",
        },
        .. TlsSettings.Keys(at, "on loopback or with allow"),
        new($"{at}.bareNewlines", KeyType.Word, "What happens to a CR or LF that stands alone. accept is for loopback or a listener with allow.")
        {
            Default = "normalize", Words = Vocabulary.BareNewlines.Words,
        },
        new($"{at}.earlyTalkers", KeyType.Word, "What happens to a client that talks before the greeting.")
        {
            Default = "wait", Words = Vocabulary.EarlyTalkers.Words,
        },
        new($"{at}.maxMessageSize", KeyType.Size, "Lowers the SIZE that the server offers.") { DefaultDoc = "the server's", Min = 1024 },
        new($"{at}.proxyProtocol.from", KeyType.Networks, "Balancers that must send a PROXY header; any other peer is closed.")
        {
            DefaultDoc = "no header is read",
        },
        new($"{at}.allow", KeyType.Networks, "Who may use the listener; the address that a PROXY header gave counts.") { DefaultDoc = "anybody" },
        new($"{at}.authInClear", KeyType.Word, "AUTH on a clear client leg; local: where tls is none, on loopback.")
        {
            Default = "local", Words = Vocabulary.AuthInClear.Words,
        },
        .. Limits(at),
        .. Timeouts(at),
    ];

    static IEnumerable<KeyDefinition> Upstream(string at) =>
    [
        new($"{at}.destinations", KeyType.Destinations, "host:port, [v6]:port, unix:/path, or original (redirected traffic); one, a list (d1, d2, …) or a map.")
        {
            Required = true,
        },
        new($"{at}.tls", KeyType.Word, "TLS on the upstream leg.") { Required = true, Words = Vocabulary.TlsModes.Words },
        .. TlsSettings.Keys(at, "for servers that know nothing better"),
        new($"{at}.identity", KeyType.Word, "How the client's address is told to the server.") { Default = "none", Words = Vocabulary.Identities.Words },
        new($"{at}.verify.mode", KeyType.Word, "How the server's certificate is verified.")
        {
            DefaultDoc = "pkix where tls is required or implicit, else none", Words = Vocabulary.VerifyModes.Words,
        },
        new($"{at}.verify.name", KeyType.DomainName, "The name that the certificate must carry and SNI asks for; may be one label.")
        {
            DefaultDoc = "the destination's host",
        },
        new($"{at}.verify.caFile", KeyType.File, "Authorities that are trusted, PEM, in place of the system's.") { DefaultDoc = "the system's" },
        new($"{at}.verify.pins", KeyType.Pins, "spki:sha256:… or cert:sha256:… of the server's own certificate, for pin and pinOrPkix; several for a rollover."),
        new($"{at}.verify.revocation", KeyType.Word, "Whether it is asked (OCSP, CRL) if the certificate was revoked: soft goes on where nobody answers, hard does not.")
        {
            Default = "disabled", Words = Vocabulary.Revocations.Words,
        },
        new($"{at}.clientCertificate", KeyType.Name, "The certificate (of certificates) that is shown to a server which asks for one.") { DefaultDoc = "none" },
        new($"{at}.helo", KeyType.HeloName, "Replaces the client's own EHLO name.") { DefaultDoc = "the client's own" },
        new($"{at}.ratchet", KeyType.Word, "What happens when a server is less safe than before: disabled forgets what was seen.")
        {
            Default = "report", Words = Vocabulary.Ratchets.Words,
        },
        new($"{at}.loadBalancing", KeyType.Word, "Which destination is taken next; firstHealthy: the first in the order written that is not down.")
        {
            Default = "leastSessions", Words = Vocabulary.LoadBalancings.Words,
        },
        Duration($"{at}.health.interval", "10s", "How often a destination is checked; no active checks unless health is written."),
        Duration($"{at}.health.timeout", "5s", "How long a check may take."),
        Integer($"{at}.health.failures", "3", 1, 100, "Failures in a row, of checks or of sessions, that take a destination out."),
        Integer($"{at}.health.successes", "2", 1, 100, "Checks in a row that bring it back."),
        Duration($"{at}.health.reactivation", "30s", "After so long sessions try a destination again that sessions found down."),
        new($"{at}.quirks", KeyType.Words, "Known misbehaviour of a server to bear with.")
        {
            Default = "", DefaultDoc = "none", Words = Vocabulary.Quirks.Words,
        },
        .. Limits(at),
        .. Timeouts(at),
    ];

    static IEnumerable<KeyDefinition> Limits(string at) =>
    [
        Integer($"{at}.limits.connections", "10000", 1, 1_000_000, "Sessions at once."),
        Integer($"{at}.limits.queue", "100", 0, 1_000_000, "Sessions that wait for a place at an upstream whose connections are all taken, at most upstreamReady."),
        Integer($"{at}.limits.connectionsPerAddress", "100", 1, 1_000_000, "Sessions at once from one address (IPv6: one /64)."),
        Integer($"{at}.limits.connectionsPerMinutePerAddress", "120", 1, 1_000_000, "New sessions a minute from one address (IPv6: one /64)."),
        Integer($"{at}.limits.handshakes", "256", 1, 1_000_000, "TLS handshakes under way at once; one more ends the one that has waited longest for its peer."),
        new($"{at}.limits.commandLine", KeyType.Size, "The longest command line, with its CRLF.") { Default = "8KiB", Min = 512, Max = 64 * 1024 },
        Integer($"{at}.limits.badCommands", "20", 1, 10_000, "Bad commands borne before the session is ended."),
    ];

    static IEnumerable<KeyDefinition> Timeouts(string at) =>
    [
        Duration($"{at}.timeouts.command", "5m", "The client's next command.", minutes: 5),
        Duration($"{at}.timeouts.reply", "5m", "The server's reply to a command.", minutes: 5),
        Duration($"{at}.timeouts.dataBlock", "3m", "The next octets of content.", minutes: 3),
        Duration($"{at}.timeouts.dataTermination", "11m", "The server's reply to the final dot.", minutes: 10),
        Duration($"{at}.timeouts.handshake", "30s", "A TLS handshake."),
        Duration($"{at}.timeouts.proxyHeader", "5s", "The balancer's PROXY header."),
        Duration($"{at}.timeouts.connect", "15s", "One connection to a destination."),
        Duration($"{at}.timeouts.attempt", "10s", "One destination's connection, greeting and TLS, where another one is left to try."),
        Duration($"{at}.timeouts.upstreamReady", "25s", "Everything before the client is greeted: dialling, TLS, identity, retries."),
        Duration($"{at}.timeouts.quit", "10s", "The server's reply to QUIT."),
    ];

    // A listener's or upstream's own limit or timeout falls back to that of defaults, which holds the default.
    static KeyDefinition Integer(string path, string standard, long min, long max, string doc) =>
        new(path, KeyType.Integer, doc) { Default = standard, Min = min, Max = max };

    static KeyDefinition Duration(string path, string standard, string doc, int? minutes = null) =>
        new(path, KeyType.Duration, doc) { Default = standard, StandardMinimum = minutes is { } count ? TimeSpan.FromMinutes(count) : null };
}
