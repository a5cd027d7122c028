using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Tls;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>A session's own steps without a client, for health checks and for those who want to see them.</summary>
public sealed class UpstreamCheckTest : IDisposable
{
    readonly MemoryWorld _world = new();
    readonly Steps _steps = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void AServerThatServesIsGreetedAndToldGoodbye()
    {
        MailServer server = new();
        _world.OnDial = p => server.Serve(p);
        Assert.Equal(ConnectResult.Ok, Check());
        Assert.Equal(["EHLO proxy.test", "QUIT"], server.Commands);
        Assert.Equal(["Resolved 10.0.0.2:25", "Dialled 10.0.0.2:25 Ok", "Heard Greeting 220", "Connect Ok", "Heard Ehlo 250"], _steps.Seen);
    }

    [Fact]
    public void TlsAndVerificationAreThoseOfASession_Rule4_4()
    {
        MailServer server = new() { StartTls = _world.ServerContext(TestCertificates.Shared.For(WorldOptions.ServerName)) };
        _world.OnDial = p => server.Serve(p);
        Assert.Equal(ConnectResult.Ok, Check(TlsMode.Required));
        Assert.Equal(["EHLO proxy.test", "STARTTLS", "EHLO proxy.test", "QUIT"], server.Commands);
        Assert.Contains("Handshake Ok", _steps.Seen);
    }

    [Fact]
    public void ACertificateForAnotherNameIsFound_Rule4_8()
    {
        MailServer server = new() { StartTls = _world.ServerContext(TestCertificates.Shared.For("other.test")) };
        _world.OnDial = p => server.Serve(p);
        Assert.Equal(ConnectResult.Tls, Check(TlsMode.Required));
        Assert.Contains("Handshake Name", _steps.Seen);
    }

    [Fact]
    public void AServerWithoutStartTlsIsFoundWhereItIsRequired_Rule4_4()
    {
        _world.OnDial = p => new MailServer().Serve(p);
        Assert.Equal(ConnectResult.StartTls, Check(TlsMode.Required));
        Assert.Contains("StartTls NotOffered", _steps.Seen);
    }

    [Theory, InlineData("421 4.3.2 going down\r\n"), InlineData("554 no service\r\n")]
    public void AServerThatDoesNotGreetIsNotWell(string greeting)
    {
        _world.OnDial = p => new MailServer().Serve(p, greeting);
        Assert.Equal(ConnectResult.Greeting, Check());
    }

    [Theory, InlineData(1, "PROXY UNKNOWN\r\n"), InlineData(2, "\r\n\r\n\0\r\nQUIT\n\u0020")]
    public void BehindAProxyHeaderOneOfOurOwnGoesFirst_Rule6_8(int version, string header)
    {
        _world.OnDial = p => p.Say("220 up.test\r\n");
        Begin(server: u => u with { Identity = version == 1 ? Identity.ProxyV1 : Identity.ProxyV2 });
        Assert.StartsWith(header, MemoryWorld.Sent(_world.Server));
        _world.After(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public void WhereXClientIsNotOfferedASessionWouldBeRefused_Rule6_8()
    {
        _world.OnDial = p => new MailServer().Serve(p);
        Assert.Equal(ConnectResult.Identity, Check(server: u => u with { Identity = Identity.XClient }));
        _world.OnDial = p => new MailServer { Offers = { "XCLIENT ADDR PORT" } }.Serve(p);
        Assert.Equal(ConnectResult.Ok, Check(server: u => u with { Identity = Identity.XClient }));
    }

    [Fact]
    public void SilenceEndsAtTheDeadline_Rule6_1()
    {
        Task<ConnectResult> check = Begin();
        _world.After(TimeSpan.FromSeconds(5.1));
        Assert.Equal(ConnectResult.Timeout, Of(check));
    }

    [Fact]
    public void ADrainEndsIt_Rule6_4()
    {
        Task<ConnectResult> check = Begin();
        _world.Loop.DrainAll();
        _world.Run();
        Assert.Equal(ConnectResult.Aborted, Of(check));
    }

    ConnectResult Check(TlsMode mode = TlsMode.None, Func<UpstreamConfiguration, UpstreamConfiguration>? server = null) => Of(Begin(mode, server));

    static ConnectResult Of(Task<ConnectResult> check)
    {
        Assert.True(check.IsCompleted, "The check goes on.");
        return check.GetAwaiter().GetResult();
    }

    Task<ConnectResult> Begin(TlsMode mode = TlsMode.None, Func<UpstreamConfiguration, UpstreamConfiguration>? server = null)
    {
        UpstreamConfiguration upstream = new WorldOptions { Upstream = mode, Server = server ?? (u => u) }.Configuration().Upstreams[0];
        ClientTls tls = _world.Keep(ClientTls.Load(upstream, ReportOnly.None, [], new SecurityMemory(_world.Loop.Time)));
        Task<ConnectResult> check = null!;
        _world.Loop.Post(() => check = RunAsync(upstream, tls));
        _world.Run();
        return check;
    }

    async Task<ConnectResult> RunAsync(UpstreamConfiguration upstream, ClientTls tls)
    {
        Waiter waiter = _world.Loop.Enter();
        Errand errand = Errand.WithoutClient(waiter, _world.Loop.In(TimeSpan.FromSeconds(5)), _steps);
        try
        {
            return await new UpstreamCheck(upstream, upstream.Destinations[0], "proxy.test", tls, _world.Dialler, errand).RunAsync();
        }
        finally
        {
            waiter.AbortAll();
            _world.Loop.Leave(waiter);
        }
    }

    sealed class Steps : IUpstreamObserver
    {
        public List<string> Seen { get; } = [];

        public void UpstreamAttempt(string destination) { }

        public void UpstreamConnect(string destination, ConnectResult result, in ConnectPhases phases) => Seen.Add($"Connect {result}");

        public void UpstreamStartTls(UpstreamStartTls outcome) => Seen.Add($"StartTls {outcome}");

        public void UpstreamHandshakeBegan() { }

        public void UpstreamHandshake(HandshakeResult result) => Seen.Add($"Handshake {result.Outcome}");

        public void Violated(Violation kind, bool byClient) => Seen.Add($"Violated {kind}");

        public void Policy(ReportOnly rule, bool refused) => Seen.Add($"Policy {rule} {refused}");

        public void Resolved(IReadOnlyList<EndPoint> addresses) => Seen.Add($"Resolved {string.Join(' ', addresses)}");

        public void Dialled(EndPoint to, ConnectResult result, string detail) => Seen.Add($"Dialled {to} {result}");

        public void Heard(SetupStep step, int code, ReadOnlySpan<byte> reply) => Seen.Add($"Heard {step} {code}");
    }
}
