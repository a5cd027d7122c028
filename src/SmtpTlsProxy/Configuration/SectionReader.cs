using System.Net;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>Turns settings into the configuration's records, section by section. What belongs together only across sections is checked elsewhere.</summary>
sealed class SectionReader(KeyReader reader, Machine machine)
{
    public ProxyConfiguration Read()
    {
        ReadDefaults();
        return new ProxyConfiguration
        {
            Hostname = Hostname(),
            Loops = Loops(),
            Listeners = Named("listeners", Listener),
            Upstreams = Named("upstreams", Upstream),
            Certificates = Named("certificates", Certificate),
            Tickets = new TicketConfiguration { KeyFile = reader.At("tickets").Text("keyFile"), Rotation = reader.At("tickets").Duration("rotation") },
            ReportOnly = RootWords("reportOnly", Vocabulary.ReportOnly).Aggregate(ReportOnly.None, (all, one) => all | one),
            DnsServers = reader.List("dns.servers", Addresses.NameServer) ?? [],
            Metrics = AdminAddress("metrics"),
            Status = AdminAddress("status"),
            StateDirectory = reader.Optional<string>("stateDirectory", text => text.Length > 0 ? text : Parsed.Wrong("it is empty")),
            DrainTimeout = reader.At("drain").Duration("timeout"),
            Log = Log(reader.At("log")),
        };
    }

    // Read for their mistakes and for --print: what holds reaches a listener or upstream through its own keys.
    void ReadDefaults()
    {
        Limits(reader.At("defaults.limits"));
        Timeouts(reader.At("defaults.timeouts"));
    }

    IReadOnlyList<T> Named<T>(string section, Func<string, KeyScope, T> read) =>
        [.. reader.Settings.NamesUnder(section).Select(name => read(name, reader.At($"{section}.{name}")))];

    string? Hostname()
    {
        string? written = reader.Optional("hostname", DomainNames.Read);
        if (reader.Settings.IsWritten("hostname")) return written;
        string? machines = DomainNames.Read(machine.HostName) is { Problem: null, Value: var name } && name.Contains('.') ? name : null;
        reader.Derived("hostname", machines ?? "(the local end's address literal)");
        return machines;
    }

    // Not told as a number: a quota that changes while the process runs is no change of the configuration.
    int? Loops()
    {
        if (!reader.Settings.IsWritten("loops")) reader.Derived("loops", "(from the CPU quota)");
        return (int?)reader.OptionalValue("loops", text => KeyScope.ReadNumber("loops", text));
    }

    ListenerConfiguration Listener(string name, KeyScope keys) => new()
    {
        Name = name,
        Addresses = keys.List("address", Addresses.Listen) ?? [],
        Tls = keys.Word("tls", Vocabulary.TlsModes),
        Upstream = keys.Text("upstream") ?? "",
        Certificates = keys.List<string>("certificates", text => text) ?? [],
        ClientCertificates = ClientCertificates.Read(keys.Under(ClientCertificates.Section)),
        StrictSni = keys.Flag("strictSni"),
        TlsSettings = TlsSettings.Read(keys.Under(TlsSettings.Section)),
        BareNewlines = keys.Word("bareNewlines", Vocabulary.BareNewlines),
        EarlyTalkers = keys.Word("earlyTalkers", Vocabulary.EarlyTalkers),
        MaxMessageSize = keys.Size("maxMessageSize"),
        ProxyProtocolFrom = keys.List("proxyProtocol.from", Addresses.Network) ?? [],
        Allow = keys.List("allow", Addresses.Network),
        AuthInClear = keys.Word("authInClear", Vocabulary.AuthInClear),
        Limits = Limits(keys.Under("limits")),
        Timeouts = Timeouts(keys.Under("timeouts")),
    };

    UpstreamConfiguration Upstream(string name, KeyScope keys)
    {
        TlsMode tls = keys.Word("tls", Vocabulary.TlsModes);
        return new UpstreamConfiguration
        {
            Name = name,
            Destinations = Destinations(keys),
            Tls = tls,
            TlsSettings = TlsSettings.Read(keys.Under(TlsSettings.Section)),
            Identity = keys.Word("identity", Vocabulary.Identities),
            Verify = Verify(keys.Under("verify"), tls),
            ClientCertificate = keys.Text("clientCertificate"),
            Helo = keys.HeloName("helo"),
            Ratchet = keys.Word("ratchet", Vocabulary.Ratchets),
            LoadBalancing = keys.Word("loadBalancing", Vocabulary.LoadBalancings),
            Health = keys.IsWritten("health") ? Health(keys.Under("health")) : null,
            Quirks = keys.Words("quirks", Vocabulary.Quirks).Aggregate(Quirks.None, (all, one) => all | one),
            Limits = Limits(keys.Under("limits")),
            Timeouts = Timeouts(keys.Under("timeouts")),
        };
    }

    IReadOnlyList<DestinationConfiguration> Destinations(KeyScope keys)
    {
        string path = keys.PathOf("destinations");
        KeyDefinition key = KeyTable.Of(path)!;
        List<DestinationConfiguration> destinations = [];
        foreach (Setting setting in reader.Settings.SettingsUnder(path).OrderBy(setting => setting.Order))
        {
            reader.Note(setting.Path, key, setting.Text, setting);
            string id = setting.Path[(path.Length + 1)..];
            if (reader.Parse(setting.Path, key, setting.Values[0], text => Addresses.Destination(id, text), out DestinationConfiguration destination))
                destinations.Add(destination);
        }
        if (destinations.Count == 0 && !reader.Mistakes.Found.Any(mistake => mistake.Path.StartsWith(path, StringComparison.Ordinal)))
            reader.Mistakes.Add(path, reader.Settings.OriginOf(keys.Path), "it has no destination",
                $"Write where its servers are: host:port, [v6]:port, unix:/path or original{FlagHint(path)}");
        return destinations;
    }

    static string FlagHint(string path) => FlagSource.FlagOf(path) is { } flag ? $" (flag {flag})" : "";

    static VerifyConfiguration Verify(KeyScope keys, TlsMode tls)
    {
        VerifyMode? written = keys.OptionalWord("mode", Vocabulary.VerifyModes);
        VerifyMode mode = written ?? (tls is TlsMode.Required or TlsMode.Implicit ? VerifyMode.Pkix : VerifyMode.None);
        if (!keys.IsWritten("mode")) keys.Derived("mode", Vocabulary.VerifyModes.WordOf(mode));
        return new VerifyConfiguration(mode, keys.DomainName("name"), keys.Text("caFile"), keys.Word("revocation",
            Vocabulary.Revocations), written is not null) { Pins = keys.List("pins", CertificatePin.Read) ?? [] };
    }

    static HealthConfiguration Health(KeyScope keys) => new()
    {
        Interval = keys.Duration("interval"),
        Timeout = keys.Duration("timeout"),
        Failures = keys.Integer("failures"),
        Successes = keys.Integer("successes"),
        Reactivation = keys.Duration("reactivation"),
    };

    static CertificateConfiguration Certificate(string name, KeyScope keys) =>
        new(name, keys.Text("certFile") ?? "", keys.Text("keyFile") ?? "", keys.Text("keyPasswordFile"))
        {
            Pkcs12File = keys.Text("pkcs12File"),
            SelfSigned = keys.List("selfSigned", DomainNames.Read) ?? [],
            Ocsp = keys.Word("ocsp", Vocabulary.Ocsps),
        };

    static LimitConfiguration Limits(KeyScope keys) => new()
    {
        Connections = keys.Integer("connections"),
        Queue = keys.Integer("queue"),
        ConnectionsPerAddress = keys.Integer("connectionsPerAddress"),
        ConnectionsPerMinutePerAddress = keys.Integer("connectionsPerMinutePerAddress"),
        Handshakes = keys.Integer("handshakes"),
        CommandLine = (int)(keys.Size("commandLine") ?? 0),
        BadCommands = keys.Integer("badCommands"),
    };

    static TimeoutConfiguration Timeouts(KeyScope keys) => new()
    {
        Command = keys.Duration("command"),
        Reply = keys.Duration("reply"),
        DataBlock = keys.Duration("dataBlock"),
        DataTermination = keys.Duration("dataTermination"),
        Handshake = keys.Duration("handshake"),
        ProxyHeader = keys.Duration("proxyHeader"),
        Connect = keys.Duration("connect"),
        Attempt = keys.Duration("attempt"),
        UpstreamReady = keys.Duration("upstreamReady"),
        Quit = keys.Duration("quit"),
    };

    static LogConfiguration Log(KeyScope keys) => new(
        keys.Optional("level", text => KeyScope.ReadWord(text, Vocabulary.LogLevels)) ?? "information",
        keys.Word("format", Vocabulary.LogFormats),
        keys.Word("addresses", Vocabulary.AddressLoggings),
        keys.Word("clientIp", Vocabulary.ClientIpLoggings));

    IPEndPoint? AdminAddress(string section)
    {
        bool isDisabled = reader.OptionalValue(section, text => KeyScope.ReadWord(text, Vocabulary.Disabled)) ?? false;
        return isDisabled || reader.Mistakes.Concern(section) ? null : reader.Optional($"{section}.address", Addresses.EndPoint);
    }

    IReadOnlyList<T> RootWords<T>(string key, Vocabulary<T> words) => reader.List(key, text => KeyScope.ReadWord(text, words)) ?? [];
}
