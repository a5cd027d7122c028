using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>A listener on the wire: passes a connection on to another address and keeps what went over in both directions.</summary>
sealed class WireTap : IAsyncDisposable
{
    /// <summary>The demo shows a dialogue, not a mail archive.</summary>
    const int MostKept = 64 * 1024;

    readonly IPEndPoint _to;
    readonly LoopbackServer _server;
    readonly List<byte> _heard = [];

    public WireTap(IPEndPoint to)
    {
        _to = to;
        _server = new LoopbackServer(PassAsync);
    }

    public IPEndPoint Address => _server.Address;

    /// <summary>Everything heard so far, both directions in the order they came.</summary>
    public byte[] Heard
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    public void Start() => _server.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task PassAsync(Socket near, CancellationToken stop)
    {
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(_to, stop);
        await Task.WhenAll(CopyAsync(near, far, stop), CopyAsync(far, near, stop));
    }

    async Task CopyAsync(Socket from, Socket to, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, stop)) > 0)
        {
            Keep(buffer.AsSpan(0, count));
            await to.SendAsync(buffer.AsMemory(0, count), stop);
        }
        to.Shutdown(SocketShutdown.Send);
    }

    void Keep(ReadOnlySpan<byte> octets)
    {
        lock (_heard)
        {
            if (_heard.Count < MostKept)
                _heard.AddRange(octets);
        }
    }
}
