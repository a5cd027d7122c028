using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Configuration;

/// <summary>Everything an operator said, read and validated: immutable, and complete (every default is filled in).</summary>
sealed record ProxyConfiguration
{
    /// <summary>The name in our own replies and EHLOs: an FQDN, or null where the local end's address literal is to be used.</summary>
    public string? Hostname { get; init; }

    /// <summary>Event loops; null: as many as the CPU quota is worth.</summary>
    public int? Loops { get; init; }

    public IReadOnlyList<ListenerConfiguration> Listeners { get; init; } = [];
    public IReadOnlyList<UpstreamConfiguration> Upstreams { get; init; } = [];
    public IReadOnlyList<CertificateConfiguration> Certificates { get; init; } = [];
    public TicketConfiguration Tickets { get; init; } = new();
    public ReportOnly ReportOnly { get; init; }

    /// <summary>Whom to ask for destinations' names; empty: the system's resolvers, behind /etc/hosts.</summary>
    public IReadOnlyList<IPEndPoint> DnsServers { get; init; } = [];

    /// <summary>Where /metrics, /livez and /readyz are served; null: disabled.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>Where the status page and drain are served; null: disabled.</summary>
    public IPEndPoint? Status { get; init; }

    /// <summary>Where what must outlive a restart is kept; null: nothing is.</summary>
    public string? StateDirectory { get; init; }

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(25);
    public LogConfiguration Log { get; init; } = new();
}

/// <summary>Where the keys of session tickets come from: a file that replicas share, else made here and made anew every <see cref="Rotation"/>.</summary>
sealed record TicketConfiguration
{
    public string? KeyFile { get; init; }

    public TimeSpan Rotation { get; init; } = TimeSpan.FromHours(8);
}

/// <summary>Where a listener is reached.</summary>
abstract record ListenAddress
{
    /// <summary>host:port or [v6]:port.</summary>
    public sealed record Tcp(IPEndPoint EndPoint) : ListenAddress
    {
        public override string ToString() => EndPoint.ToString();
    }

    /// <summary>unix:/path.</summary>
    public sealed record Unix(string Path) : ListenAddress
    {
        public override string ToString() => "unix:" + Path;
    }

    /// <summary>systemd:NAME, a socket handed over by systemd.</summary>
    public sealed record Systemd(string Name) : ListenAddress
    {
        public override string ToString() => "systemd:" + Name;
    }
}

/// <summary>One listener.</summary>
sealed record ListenerConfiguration
{
    public required string Name { get; init; }
    public IReadOnlyList<ListenAddress> Addresses { get; init; } = [];
    public TlsMode Tls { get; init; }
    public required string Upstream { get; init; }

    /// <summary>Names of certificates; empty: all, chosen by SNI.</summary>
    public IReadOnlyList<string> Certificates { get; init; } = [];

    /// <summary>How clients are asked for a certificate.</summary>
    public ClientCertificateConfiguration ClientCertificates { get; init; } = new();

    /// <summary>Who asks for a name (SNI) that no certificate has is refused.</summary>
    public bool StrictSni { get; init; }

    /// <summary>What its handshakes may agree on.</summary>
    public TlsPolicy TlsSettings { get; init; } = TlsPolicy.Default;

    public BareNewlines BareNewlines { get; init; }
    public EarlyTalkers EarlyTalkers { get; init; }
    public long? MaxMessageSize { get; init; }

    /// <summary>Balancers that must send a PROXY header; empty: none is read.</summary>
    public IReadOnlyList<IPNetwork> ProxyProtocolFrom { get; init; } = [];

    /// <summary>Who may use the listener; null: anybody.</summary>
    public IReadOnlyList<IPNetwork>? Allow { get; init; }

    public AuthInClear AuthInClear { get; init; } = AuthInClear.Local;
    public LimitConfiguration Limits { get; init; } = new();
    public TimeoutConfiguration Timeouts { get; init; } = new();
}

/// <summary>AUTH offered on a clear client leg (rule 1.3).</summary>
enum AuthInClear { Local, Never, Allow }

/// <summary>One upstream: a cluster of destinations with one policy.</summary>
sealed record UpstreamConfiguration
{
    public required string Name { get; init; }
    public IReadOnlyList<DestinationConfiguration> Destinations { get; init; } = [];
    public TlsMode Tls { get; init; }

    /// <summary>What its handshakes may agree on.</summary>
    public TlsPolicy TlsSettings { get; init; } = TlsPolicy.Default;

    public Identity Identity { get; init; }
    public VerifyConfiguration Verify { get; init; } = new();

    /// <summary>The certificate shown to a server that asks for one; null: none.</summary>
    public string? ClientCertificate { get; init; }

    public string? Helo { get; init; }
    public Ratchet Ratchet { get; init; } = Ratchet.Report;
    public LoadBalancing LoadBalancing { get; init; }
    public HealthConfiguration? Health { get; init; }
    public Quirks Quirks { get; init; }
    public LimitConfiguration Limits { get; init; } = new();
    public TimeoutConfiguration Timeouts { get; init; } = new();
}

/// <summary>One server of an upstream. <paramref name="Host"/>: name or address; a path for unix:; "original" for redirected traffic.</summary>
sealed record DestinationConfiguration(string Id, DestinationKind Kind, string Host, int Port)
{
    public override string ToString() => Kind switch
    {
        DestinationKind.Unix => "unix:" + Host,
        DestinationKind.Original => "original",
        _ => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}",
    };
}

enum DestinationKind { Tcp, Unix, Original }

/// <summary>How the client is made known to the upstream (rule 6.8).</summary>
enum Identity { None, ProxyV1, ProxyV2, XClient, XForward }

enum VerifyMode { None, Pkix, Pin, PinOrPkix }

enum Revocation { Disabled, Soft, Hard }

enum Ratchet { Disabled, Report, Enforce }

/// <summary>Which destination is taken next; the first two of their kind by what was written: its order, or its id's.</summary>
enum LoadBalancing { LeastSessions, RoundRobin, Random, PowerOfTwoChoices, FirstHealthy, FirstAlphabetical }

/// <summary>How an upstream's certificate is verified. <paramref name="WasWritten"/>: mode none was the operator's word, not a default (rule 4.4).</summary>
sealed record VerifyConfiguration(VerifyMode Mode = VerifyMode.None, string? Name = null, string? CaFile = null, Revocation Revocation = Revocation.Disabled, bool WasWritten = false)
{
    /// <summary>Digests of which the server's certificate must match one; for pin and pinOrPkix.</summary>
    public IReadOnlyList<CertificatePin> Pins { get; init; } = [];
}

/// <summary>When a destination is taken to be down, and up again.</summary>
sealed record HealthConfiguration
{
    /// <summary>What holds for sessions where no active checks are configured.</summary>
    public static readonly HealthConfiguration Default = new();

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failures in a row, of checks or of sessions, that take it out.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>Checks in a row that bring it back.</summary>
    public int Successes { get; init; } = 2;

    /// <summary>After so long sessions try one again that sessions found down.</summary>
    public TimeSpan Reactivation { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>Where a certificate comes from.</summary>
enum CertificateKind { Pem, Pkcs12, SelfSigned }

enum Ocsp { Disabled, Staple }

sealed record CertificateConfiguration(string Name, string CertFile, string KeyFile, string? KeyPasswordFile)
{
    /// <summary>In place of the pair: certificate, chain and key in one file.</summary>
    public string? Pkcs12File { get; init; }

    /// <summary>In place of files: the names of a certificate that is made here.</summary>
    public IReadOnlyList<string> SelfSigned { get; init; } = [];

    public Ocsp Ocsp { get; init; }

    public CertificateKind Kind => Pkcs12File is not null ? CertificateKind.Pkcs12 : SelfSigned.Count > 0 ? CertificateKind.SelfSigned : CertificateKind.Pem;

    /// <summary>All files that it is made of.</summary>
    public IEnumerable<string> Files => new[] { CertFile, KeyFile, Pkcs12File, KeyPasswordFile }.OfType<string>().Where(file => file.Length > 0);
}

/// <summary>Limits count for each listener, and where they make sense for each upstream; never for the process.</summary>
sealed record LimitConfiguration
{
    public int Connections { get; init; } = 10000;

    /// <summary>Sessions that may wait for a place under an upstream's <see cref="Connections"/>.</summary>
    public int Queue { get; init; } = 100;

    public int ConnectionsPerAddress { get; init; } = 100;
    public int ConnectionsPerMinutePerAddress { get; init; } = 120;
    public int Handshakes { get; init; } = 256;
    public int CommandLine { get; init; } = 8192;
    public int BadCommands { get; init; } = 20;
}

/// <summary>RFC 5321 section 4.5.3.2 and the proxy's own.</summary>
sealed record TimeoutConfiguration
{
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan Reply { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);
    public TimeSpan DataTermination { get; init; } = TimeSpan.FromMinutes(11);
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan ProxyHeader { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);
    public TimeSpan Attempt { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan UpstreamReady { get; init; } = TimeSpan.FromSeconds(25);
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(10);
}

enum LogFormat { Json, Text }

enum AddressLogging { DomainOnly, Full, Hashed, None }

enum ClientIpLogging { Full, Prefix, Hashed }

sealed record LogConfiguration(string Level = "information", LogFormat Format = LogFormat.Json, AddressLogging Addresses = AddressLogging.DomainOnly, ClientIpLogging ClientIp = ClientIpLogging.Full);
