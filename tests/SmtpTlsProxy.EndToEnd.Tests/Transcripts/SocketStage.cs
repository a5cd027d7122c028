using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.EndToEnd.Transcripts;

/// <summary>A listener and an upstream of the running proxy, for one transcript; client and server are sockets of the test's.</summary>
sealed class SocketStage(Transcript transcript, TestCa ca, Func<ProxyProcess> proxy) : Stage, IDisposable
{
    const string ServerName = "up.test";
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    readonly TcpListener? _server = Listen(transcript.Dial);
    readonly int _port = Ports.Free();
    readonly int _nobody = Ports.Free();
    SocketEnd? _client, _upstream;

    /// <summary>What the configuration says about this transcript.</summary>
    public string ListenerYaml(string name) => $"  {name}: {{ address: \"127.0.0.1:{_port}\", upstream: {name}, {Whole(transcript.Listener)} }}\n";

    public string UpstreamYaml(string name) => $"  {name}: {{ destinations: {{ a: \"127.0.0.1:{ServerPort}\" }}, {Whole(Verified())} }}\n";

    public override bool IsDialled => _upstream is not null || _server?.Pending() == true;

    int ServerPort => _server is null ? _nobody : ((IPEndPoint)_server.LocalEndpoint).Port;

    public override async Task ConnectAsync()
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port).WaitAsync(s_patience);
        _client = new SocketEnd(socket);
    }

    public override async Task SayAsync(Side who, byte[] octets, bool thenDeaf) => await (await OfAsync(who)).SayAsync(octets);

    public override async Task<byte[]> HearAsync(Side who, int count) =>
        await (await OfAsync(who)).HearAsync(heard => heard.Count >= count ? count : -1);

    public override async Task<byte[]> HearLineAsync(Side who) =>
        await (await OfAsync(who)).HearAsync(heard => heard.IndexOf((byte)'\n') is >= 0 and int at ? at + 1 : -1);

    public override async Task<byte[]> RestAsync(Side who) => who == Side.Client || _upstream is not null ? await (await OfAsync(who)).RestAsync() : [];

    public override async Task<bool> HandshakeAsync(Step.Handshake handshake)
    {
        SocketEnd end = await OfAsync(handshake.Who);
        List<SslApplicationProtocol>? alpn = handshake.Alpn is { } name ? [new SslApplicationProtocol(name)] : null;
        if (handshake.Who == Side.Upstream)
        {
            X509Certificate2 certificate = ca.Issue(handshake.Certificate ?? ServerName).Load();
            bool succeeded = await end.BeServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = alpn });
            return succeeded && !end.HasAlpn;
        }
        bool shaken = await end.BeClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = Names.Proxy,
            CertificateChainPolicy = Trusting(),
            ApplicationProtocols = alpn,
        });
        return shaken && end.HasAlpn == (alpn is not null);
    }

    public override async Task FinAsync(Side who) => await (await OfAsync(who)).FinAsync();

    public override async Task ResetAsync(Side who) => (await OfAsync(who)).Reset();

    public override async Task<string> EndAsync(Side who)
    {
        SocketEnd end = await OfAsync(who);
        await end.UntilEndAsync();
        return end.End;
    }

    public override Task DrainAsync()
    {
        proxy().Terminate();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _client?.Dispose();
        _upstream?.Dispose();
        _server?.Dispose();
    }

    static TcpListener? Listen(Dial dial)
    {
        if (dial == Dial.Refused)
            return null;
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    static string Whole(Keys keys) => keys.Has("tls") ? keys.Yaml() : keys.IsEmpty ? "tls: none" : "tls: none, " + keys.Yaml();

    Keys Verified() => transcript.Upstream.Of("tls") is null or "none" || transcript.Upstream.Has("verify.mode")
        ? transcript.Upstream
        : new Keys([.. transcript.Upstream.Pairs, .. Missing()]);

    IEnumerable<(string, string)> Missing()
    {
        if (!transcript.Upstream.Has("verify.name"))
            yield return ("verify.name", ServerName);
        yield return ("verify.mode", "pkix");
        yield return ("verify.caFile", $"\"{ca.File}\"");
    }

    async Task<SocketEnd> OfAsync(Side who)
    {
        if (who == Side.Client)
            return _client!;
        return _upstream ??= new SocketEnd(await _server!.AcceptSocketAsync().WaitAsync(s_patience));
    }

    X509ChainPolicy Trusting()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(ca.File));
        return policy;
    }
}
