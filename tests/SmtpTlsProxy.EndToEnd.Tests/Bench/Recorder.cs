using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>One recorded connection.</summary>
sealed class Recording
{
    readonly MemoryStream _fromClient = new(), _fromServer = new();

    public byte[] FromClient => Copy(_fromClient);
    public byte[] FromServer => Copy(_fromServer);

    public void Add(bool client, ReadOnlySpan<byte> octets)
    {
        MemoryStream stream = client ? _fromClient : _fromServer;
        lock (stream)
            stream.Write(octets);
    }

    static byte[] Copy(MemoryStream stream)
    {
        lock (stream)
            return stream.ToArray();
    }
}

/// <summary>Stands on a leg as a listener on the wire does: forwards every octet and keeps it.</summary>
sealed class Recorder : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentBag<Socket> _sockets = [];
    readonly int _target;

    public Recorder(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }
    public ConcurrentQueue<Recording> Recordings { get; } = [];

    /// <summary>No recorded octet, in either direction, belongs to one of these words.</summary>
    public void AssertNeverHeard(params string[] secrets)
    {
        Assert.NotEmpty(Recordings);
        foreach (Recording recording in Recordings)
        {
            foreach (string secret in secrets)
            {
                Assert.DoesNotContain(secret, Encoding.Latin1.GetString(recording.FromClient), StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain(secret, Encoding.Latin1.GetString(recording.FromServer), StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (Socket socket in _sockets)
            socket.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ForwardAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (SmtpStream.IsGone(stopped) || stopped is InvalidOperationException)
        {
            // the test is over
        }
    }

    async Task ForwardAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _sockets.Add(client);
        _sockets.Add(server);
        var recording = new Recording();
        Recordings.Enqueue(recording);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAll(PumpAsync(client, server, recording, true), PumpAsync(server, client, recording, false));
        }
        catch (Exception gone) when (SmtpStream.IsGone(gone))
        {
            // one end left: so does the other
        }
        client.Dispose();
        server.Dispose();
    }

    static async Task PumpAsync(Socket from, Socket to, Recording recording, bool client)
    {
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer)) > 0)
        {
            recording.Add(client, buffer.AsSpan(0, count));
            await to.SendAsync(buffer.AsMemory(0, count));
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
