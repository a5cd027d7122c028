using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>
/// The whole product between two wires in memory: sessions, relay, connector, dialogue, legs and OpenSSL are the real ones; sockets, DNS and the clock
/// are not. Nothing happens but in <see cref="Run"/>. Nothing may be left open at the end.
/// </summary>
sealed class MemoryWorld : IDisposable
{
    static readonly IPEndPoint s_local = IPEndPoint.Parse("192.0.2.1:25");
    static readonly IPEndPoint s_remote = IPEndPoint.Parse("198.51.100.7:51000");

    readonly WorldOptions _options;
    readonly List<Peer> _peers = [];
    readonly List<IDisposable> _contexts = [];
    TlsContext? _clientContext;
    int _shakes;

    public MemoryWorld(WorldOptions? options = null)
    {
        _options = options ?? new WorldOptions();
        Loop = new ManualLoop(Clock);
        Dialler = new MemoryDialler(NewServer);
        Route = new Route(_options, Dialler, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public ManualLoop Loop { get; }

    public MemoryDialler Dialler { get; }

    public Route Route { get; }

    /// <summary>What a server does as soon as it is dialled.</summary>
    public Action<Peer> OnDial { get; set; } = _ => { };

    /// <summary>What a client does as soon as it has connected.</summary>
    public Action<Peer> OnConnect { get; set; } = _ => { };

    /// <summary>The client of the last session.</summary>
    public Peer Client { get; private set; } = null!;

    /// <summary>The server dialled last.</summary>
    public Peer Server { get; private set; } = null!;

    /// <summary>The client's leg.</summary>
    public Leg ClientLeg { get; private set; } = null!;

    public Task<SessionEnd> Session { get; private set; } = null!;

    /// <summary>How it has ended.</summary>
    public SessionEnd End
    {
        get
        {
            Assert.True(Session.IsCompleted, "The session goes on.");
            return Session.GetAwaiter().GetResult();
        }
    }

    /// <summary>A client connects; the one before has left, and nothing of it is open.</summary>
    public MemoryWorld Connect(EndPoint? original = null)
    {
        AssertNothingIsOpen();
        Forget();
        (MemoryWire near, MemoryWire far) = MemoryWire.Pair();
        Client = Add(new Peer(near, far));
        OnConnect(Client);
        Loop.Post(() => Session = RunAsync(near, original));
        return Run();
    }

    /// <summary>One more client beside those that are there.</summary>
    public (Peer Peer, Task<SessionEnd> Session) Join(string listener = "mx")
    {
        (MemoryWire near, MemoryWire far) = MemoryWire.Pair();
        Peer peer = Add(new Peer(near, far));
        Task<SessionEnd> session = null!;
        Loop.Post(() => session = RunAsync(near, null, listener));
        Run();
        return (peer, session);
    }

    /// <summary>Until nobody has anything to do. Peers act between the loop's turns, one delivery at a time.</summary>
    public MemoryWorld Run()
    {
        bool worked = true;
        for (int turn = 0; worked; turn++)
        {
            Assert.True(turn < 1_000_000, "The world does not come to rest.");
            Loop.RunUntilIdle();
            worked = false;
            for (int i = 0; i < _peers.Count; i++)
                worked |= _peers[i].Turn();
        }
        return this;
    }

    public MemoryWorld After(TimeSpan span)
    {
        Clock.Advance(span);
        return Run();
    }

    /// <summary>The client says it, everybody acts, and this is what the client hears.</summary>
    public string Ask(string words)
    {
        Client.Say(words);
        Run();
        return Client.Hear();
    }

    /// <summary>The server says it, everybody acts, and this is what the client hears.</summary>
    public string Answer(string words)
    {
        Server.Say(words);
        Run();
        return Client.Hear();
    }

    /// <summary>A context of the far side's, freed with the world.</summary>
    public T Keep<T>(T context) where T : IDisposable
    {
        _contexts.Add(context);
        return context;
    }

    public TlsContext ServerContext(TlsCertificate certificate) => Keep(TlsContext.ForServer(new TlsServerOptions { Certificates = [certificate] }));

    /// <summary>The client shakes hands with the proxy; nobody runs yet.</summary>
    public void ClientShakes()
    {
        _clientContext ??= Keep(TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem }));
        // Another destination each time: nothing is resumed.
        Client.Shake(_clientContext, new TlsTarget { Destination = $"{_shakes++}", ServerName = "mx.test", VerifyName = "mx.test", Enforce = true });
    }

    public double Counted(string series) => Route.Counted(series);

    /// <summary>All that went onto the last server's wire.</summary>
    public string SentUpstream => Sent(Server);

    /// <summary>The servers dialled in this session, in order.</summary>
    public List<Peer> Servers { get; } = [];

    /// <summary>All that the proxy put onto a peer's wire, ciphertext too.</summary>
    public static string Sent(Peer to) => System.Text.Encoding.Latin1.GetString(to.Near.Taken);

    public void Dispose()
    {
        try
        {
            Loop.AbortAll();
            Run();
            AssertNothingIsOpen();
            Assert.Equal(0, Counted("sessions{listener=\"mx\"}"));
        }
        finally
        {
            Forget();
            Route.Dispose();
            _contexts.ForEach(c => c.Dispose());
            Loop.Dispose();
        }
    }

    void AssertNothingIsOpen()
    {
        Assert.True(Session is null || Session.IsCompleted, "The session goes on.");
        Session?.GetAwaiter().GetResult();
        Assert.True(Loop.Counts.IsZero, Loop.Counts.ToString());
    }

    void Forget()
    {
        _peers.ForEach(p => p.Dispose());
        _peers.Clear();
        Servers.Clear();
    }

    Peer Add(Peer peer)
    {
        _peers.Add(peer);
        return peer;
    }

    MemoryWire NewServer(EndPoint to, Waiter waiter)
    {
        (MemoryWire near, MemoryWire far) = MemoryWire.Pair();
        near.Edge = waiter.SignalOctets;
        Server = Add(new Peer(near, far));
        Servers.Add(Server);
        OnDial(Server);
        return near;
    }

    // What lies before the session: the hop to the loop with its one finally, and implicit TLS.
    async Task<SessionEnd> RunAsync(MemoryWire near, EndPoint? original, string listener = "mx")
    {
        Waiter waiter = Loop.Enter();
        near.Edge = waiter.SignalOctets;
        Leg client = ClientLeg = new Leg(waiter, near, s_local, s_remote);
        SessionRoute route = Route.At(listener);
        SessionRecord record = new(route.ListenerMetrics, route.UpstreamMetrics, Clock, Route.Log, s_remote);
        SessionEnd end = new() { Reason = EndReason.Fault };
        try
        {
            return end = await RunAsync(client, route, original, waiter, record);
        }
        finally
        {
            record.ClientBytes(client.BytesIn, client.BytesOut);
            record.Ended(end);
            waiter.AbortAll();
            Loop.Leave(waiter);
        }
    }

    static async Task<SessionEnd> RunAsync(Leg client, SessionRoute route, EndPoint? original, Waiter waiter, SessionRecord record)
    {
        if (route.Listener.Tls is TlsMode.Implicit)
        {
            SessionEnd failed = await ClientHandshake.RunAsync(client, route, record, startTls: false);
            if (failed.IsEnd)
                return failed;
        }
        using ProxySession session = new(client, route, original, waiter, record);
        return await session.RunAsync();
    }
}
