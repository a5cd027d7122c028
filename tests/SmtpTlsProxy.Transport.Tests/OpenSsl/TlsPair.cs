namespace SmtpTlsProxy.Transport.Tests.OpenSsl;

using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A client and a server of ours over one pair of wires, turned by the test.</summary>
sealed class TlsPair : IDisposable
{
    const int MostTurns = 100_000;

    public TlsPair(TlsContext client, TlsContext server, TlsTarget? target = null)
    {
        (ClientWire, ServerWire) = MemoryWire.Pair();
        Client = new TlsConnection(client, ClientWire, target ?? new TlsTarget());
        Server = new TlsConnection(server, ServerWire, null);
    }

    public MemoryWire ClientWire { get; }

    public MemoryWire ServerWire { get; }

    public TlsConnection Client { get; }

    public TlsConnection Server { get; }

    public HandshakeStep ClientStep { get; private set; } = HandshakeStep.NeedsOctets;

    public HandshakeStep ServerStep { get; private set; } = HandshakeStep.NeedsOctets;

    public HandshakeResult ClientResult => Client.Result(TimeSpan.Zero);

    public HandshakeResult ServerResult => Server.Result(TimeSpan.Zero);

    /// <summary>Both shake hands until both are at an end.</summary>
    public TlsPair Run()
    {
        for (int turn = 0; !IsOver(ClientStep) || !IsOver(ServerStep); turn++)
        {
            Assert.True(turn < MostTurns, $"The handshake hangs: client {ClientStep}, server {ServerStep}.");
            ClientStep = Turn(Client, ClientWire, ClientStep);
            ServerStep = Turn(Server, ServerWire, ServerStep);
        }
        Assert.True(ErrorQueue.IsEmpty);
        return this;
    }

    public TlsPair RunOk()
    {
        Run();
        Assert.Equal("", ClientResult.Detail + ServerResult.Detail);
        Assert.Equal((HandshakeStep.Done, HandshakeStep.Done), (ClientStep, ServerStep));
        return this;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    static bool IsOver(HandshakeStep step) => step is HandshakeStep.Done or HandshakeStep.Failed;

    static HandshakeStep Turn(TlsConnection connection, MemoryWire wire, HandshakeStep before)
    {
        HandshakeStep step = IsOver(before) ? before : connection.Handshake();
        connection.Flush();
        if (step is HandshakeStep.Failed)
            wire.ShutdownSend();
        return step;
    }
}

static class TlsConnections
{
    /// <summary>Reads until there is nothing now.</summary>
    public static byte[] ReadAll(this TlsConnection connection, out TlsRead end)
    {
        List<byte> all = [];
        byte[] room = new byte[7000];
        while ((end = connection.Read(room, out int count)) is TlsRead.Data)
            all.AddRange(room.AsSpan(0, count));
        return [.. all];
    }

    public static byte[] ReadAll(this TlsConnection connection) => connection.ReadAll(out _);

    public static void Say(this TlsConnection connection, ReadOnlySpan<byte> octets)
    {
        connection.Write(octets);
        connection.Flush();
    }
}

static class TestContexts
{
    public static TlsContext Server(params TlsCertificate[] certificates) => TlsContext.ForServer(new TlsServerOptions { Certificates = certificates });

    public static TlsContext Server(TlsVersion newest, params TlsCertificate[] certificates) =>
        TlsContext.ForServer(new TlsServerOptions { Certificates = certificates, Policy = new() { MaxVersion = newest } });

    public static TlsContext Client(TlsVersion newest = TlsVersion.Tls13) =>
        TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem, Policy = new() { MaxVersion = newest } });

    public static TlsTarget Enforced(string name) => new() { ServerName = name, VerifyName = name, Enforce = true };
}
