using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>At the cap the handshake that has waited longest for its peer makes room, on whichever loop it is.</summary>
public sealed class HandshakeCapTest : IDisposable
{
    static readonly IPEndPoint s_end = IPEndPoint.Parse("198.51.100.7:51000");

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    readonly List<ManualLoop> _loops;
    readonly List<Client> _clients = [];
    readonly Route _route;
    readonly TlsContext _trust = TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem });

    public HandshakeCapTest()
    {
        _loops = [new ManualLoop(_clock), new ManualLoop(_clock)];
        WorldOptions options = new() { Client = TlsMode.Implicit, Listener = l => l with { Limits = l.Limits with { Handshakes = 2 } } };
        _route = new Route(options, new MemoryDialler((_, _) => throw new InvalidOperationException("Nobody is dialled.")), _clock);
    }

    [Fact]
    public void Rule6_2_SilentPeersShutNobodyOut()
    {
        Client first = Connect(0), second = Connect(1), third = Connect(1);
        Assert.Equal(EndReason.Limit, first.End.Reason);
        Assert.Null(first.End.LastReply);
        Assert.True(first.Peer.Near.WasReset);
        Assert.Empty(first.Peer.Near.Taken);                          // without words
        Assert.False(second.IsOver);
        third.Shake(_trust);
        Run();
        Assert.False(third.End.IsEnd);
        Assert.True(third.Peer.IsTls);
        Assert.False(second.IsOver);
        Assert.Equal(1, _route.Counted("""limit_rejections_total{listener="mx",limit="handshakes"}"""));
        Assert.Equal(1, _route.Counted("""listener_tls_handshakes_total{listener="mx",result="timeout"}"""));
        Assert.Equal(1, _route.Of.Handshakes.Count);
    }

    [Fact]
    public void Rule6_2_WhoSaysAllThatIsAskedHasNotWaited()
    {   // the first one's flight was answered: the second is the one whose peer was silent longer
        Client first = Connect(0), second = Connect(0);
        first.Shake(_trust);
        first.Peer.Turn();                                            // ClientHello
        Run(first);
        Connect(1);
        Assert.Equal(EndReason.Limit, second.End.Reason);
        Run();
        Assert.False(first.End.IsEnd);
    }

    [Fact]
    public void Rule6_2_WhoTricklesGainsNothing()
    {
        Client first = Connect(0), second = Connect(0);
        foreach (byte octet in (byte[])[0x16, 0x03, 0x01, 0x02])       // the head of a record, octet by octet
        {
            first.Peer.Wire.Send([octet]);
            Run();
        }
        Assert.False(first.IsOver);
        Connect(1);
        Assert.Equal(EndReason.Limit, first.End.Reason);
        Assert.False(second.IsOver);
    }

    [Fact]
    public void Rule6_2_AFloodEndsOnlyItsOwn()
    {
        for (int i = 0; i < 50; i++)
            Connect(i % 2);
        Client last = Connect(0);
        last.Shake(_trust);
        Run();
        Assert.True(last.Peer.IsTls);
        Assert.Equal(49, _route.Counted("""limit_rejections_total{listener="mx",limit="handshakes"}"""));
        Assert.Equal(1, _route.Of.Handshakes.Count);
    }

    [Fact]
    public void Rule6_2_TheCapHoldsWhicheverLoopsComeAtTheSameTime()
    {
        const int cap = 8;
        Handshakes handshakes = new(cap);
        Leg leg = new(_loops[0].Enter(), new MemoryWire(), s_end, s_end);
        int most = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 2000; i++)
            {
                Handshake handshake = handshakes.Enter(leg);
                InterlockedMax(ref most, handshakes.Count);
                IHandshakeWatch watch = handshake;
                watch.Works();
                watch.Waits(answered: i % 2 == 0);
                if (i % 3 == 0)
                    handshake.Leave();
            }
        });
        Assert.InRange(most, 2, cap);
        Assert.Equal(cap, handshakes.Count);
        Run();
        Assert.True(leg.IsClosed);                                    // those that made room were told on their loop
        _loops[0].Leave(leg.Waiter);
    }

    static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    [Fact]
    public void Rule6_2_StartTlsCountsToo()
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Opportunistic, Listener = l => l with { Limits = l.Limits with { Handshakes = 1 } } });
        MailServer server = new();
        world.OnDial = p => server.Serve(p);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Ask("STARTTLS\r\n");
        Handshake other = null!;
        world.Loop.Post(() => other = world.Route.Of.Handshakes.Enter(world.ClientLeg));
        world.Run();
        Assert.Equal(EndReason.Limit, world.End.Reason);
        Assert.Equal(["EHLO c.test", "QUIT"], server.Commands);
        Assert.Equal("", world.Client.Hear());
        Assert.Equal(1, world.Counted("""limit_rejections_total{listener="mx",limit="handshakes"}"""));
        Assert.Equal(1, world.Counted("""listener_starttls_total{listener="mx",outcome="failed"}"""));
        other.Leave();
        Assert.Equal(0, world.Route.Of.Handshakes.Count);
    }

    [Theory, InlineData(TlsMode.Implicit), InlineData(TlsMode.Opportunistic)]
    public void Rule6_4_AnAbortInAHandshakeIsDrain(TlsMode mode)
    {
        using MemoryWorld world = new(new WorldOptions { Client = mode });
        MailServer server = new();
        world.OnDial = p => server.Serve(p);
        world.Connect();
        if (mode is TlsMode.Opportunistic)
        {
            world.Ask("EHLO c.test\r\n");
            world.Ask("STARTTLS\r\n");
        }
        world.Loop.AbortAll();
        world.Run();
        Assert.Equal(EndReason.Drain, world.End.Reason);
        Assert.Equal(1, world.Counted("""sessions_total{listener="mx",end="drain"}"""));
        Assert.Equal(0, world.Route.Of.Handshakes.Count);
    }

    public void Dispose()
    {
        _loops.ForEach(loop => loop.AbortAll());
        Run();
        Assert.All(_clients, client => Assert.True(client.IsOver));
        Assert.All(_loops, loop => Assert.True(loop.Counts.IsZero, loop.Counts.ToString()));
        Assert.Equal(0, _route.Of.Handshakes.Count);
        _clients.ForEach(client => client.Peer.Dispose());
        _route.Dispose();
        _trust.Dispose();
        _loops.ForEach(loop => loop.Dispose());
    }

    Client Connect(int loop)
    {
        Client client = new(_loops[loop], _route, _clock);
        _clients.Add(client);
        Run(client);
        return client;
    }

    // Until all have come to rest; with a client, its own peer does nothing.
    void Run(Client? silent = null)
    {
        bool worked = true;
        while (worked)
        {
            _loops.ForEach(loop => loop.RunUntilIdle());
            _loops.ForEach(loop => loop.RunUntilIdle());              // what one posted to the other
            worked = false;
            foreach (Client client in _clients)
                worked |= client != silent && client.Peer.Turn();
        }
    }

    sealed class Client
    {
        readonly Task<SessionEnd> _session;

        public Client(ManualLoop loop, Route route, TimeProvider clock)
        {
            (MemoryWire near, MemoryWire far) = MemoryWire.Pair();
            Peer = new Peer(near, far);
            TaskCompletionSource<SessionEnd> done = new();
            _session = done.Task;
            loop.Post(() => _ = RunAsync(loop, near, route.Of, new SessionRecord(route.Of.ListenerMetrics, route.Of.UpstreamMetrics, clock, route.Log, s_end), done));
        }

        public Peer Peer { get; }

        public bool IsOver => _session.IsCompleted;

        public SessionEnd End
        {
            get
            {
                Assert.True(IsOver, "The handshake goes on.");
                return _session.GetAwaiter().GetResult();
            }
        }

        public void Shake(TlsContext trust) => Peer.Shake(trust, new TlsTarget { Destination = "mx", ServerName = "mx.test", VerifyName = "mx.test", Enforce = true });

        static async Task RunAsync(ManualLoop loop, MemoryWire near, SessionRoute route, SessionRecord record, TaskCompletionSource<SessionEnd> done)
        {
            Waiter waiter = loop.Enter();
            near.Edge = waiter.SignalOctets;
            Leg leg = new(waiter, near, s_end, s_end);
            SessionEnd end = await ClientHandshake.RunAsync(leg, route, record, startTls: false);
            leg.Flush();                                              // the last flight of TLS 1.3
            await leg.CloseAsync(TimeSpan.Zero);
            record.Ended(end);
            loop.Leave(waiter);
            done.SetResult(end);
        }
    }
}
