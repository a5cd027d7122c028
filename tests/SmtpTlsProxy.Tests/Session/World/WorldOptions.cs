using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>One listener and one upstream.</summary>
sealed record WorldOptions
{
    public const string ServerName = "up.test";

    static readonly Lazy<string> s_caFile = new(WriteCa);

    public TlsMode Client { get; init; }

    public TlsMode Upstream { get; init; }

    public bool Verified { get; init; } = true;

    public Func<ListenerConfiguration, ListenerConfiguration> Listener { get; init; } = l => l;

    public Func<UpstreamConfiguration, UpstreamConfiguration> Server { get; init; } = u => u;

    /// <summary>Certificates that the configuration names.</summary>
    public IReadOnlyList<TlsCertificate> Certificates { get; init; } = [];

    /// <summary>What is known of servers from before.</summary>
    public SecurityMemory? Memory { get; init; }

    public ReportOnly ReportOnly { get; init; }

    /// <summary>Who is asked for names.</summary>
    public INameSource Names { get; init; } = new NoNames();

    /// <summary>Another listener, <c>second</c>, before the same upstream.</summary>
    public bool SecondListener { get; init; }

    public string LogLevel { get; init; } = "information";

    public ProxyConfiguration Configuration() => new()
    {
        Hostname = "proxy.test",
        ReportOnly = ReportOnly,
        Upstreams = [Server(UpstreamOf())],
        Listeners = SecondListener ? [Listener(ListenerOf()), Listener(ListenerOf()) with { Name = "second" }] : [Listener(ListenerOf())],
    };

    ListenerConfiguration ListenerOf() => new()
    {
        Name = "mx",
        Upstream = "up",
        Tls = Client,
        Addresses = [new ListenAddress.Tcp(IPEndPoint.Parse("0.0.0.0:25"))],
    };

    UpstreamConfiguration UpstreamOf() => new()
    {
        Name = "up",
        Tls = Upstream,
        LoadBalancing = LoadBalancing.FirstAlphabetical,
        Destinations = [new DestinationConfiguration("a", DestinationKind.Tcp, "10.0.0.2", 25)],
        Verify = new VerifyConfiguration(Verified ? VerifyMode.Pkix : VerifyMode.None, ServerName, s_caFile.Value),
    };

    // A file, because the configuration names one. It lives as long as the tests.
    static string WriteCa()
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"memory-ca-{Environment.ProcessId}.pem");
        File.WriteAllText(path, TestCertificates.Shared.RootPem);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }
}

/// <summary>No name has an address.</summary>
sealed class NoNames : INameSource
{
    public Task<NameAnswer> AskAsync(string host, CancellationToken cancel) => Task.FromResult(NameAnswer.NoAddress);
}
