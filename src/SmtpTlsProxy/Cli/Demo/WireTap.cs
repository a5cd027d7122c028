using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>
/// A listener on the wire: passes a connection on to another address and keeps what went over in both directions. It may also turn attacker, and
/// overwrite the word STARTTLS in what the server says.
/// </summary>
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

    /// <summary>The wire is in an attacker's hand from the next segment on.</summary>
    public bool Strips { get; set; }

    public void Start() => _server.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task PassAsync(Socket near, CancellationToken stop)
    {
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        await far.ConnectAsync(_to, stop);
        await Task.WhenAll(CopyAsync(near, far, isServers: false, stop), CopyAsync(far, near, isServers: true, stop));
    }

    async Task CopyAsync(Socket from, Socket to, bool isServers, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, stop)) > 0)
        {
            if (isServers && Strips)
                Strip(buffer.AsSpan(0, count));
            Keep(buffer.AsSpan(0, count));
            await to.SendAsync(buffer.AsMemory(0, count), stop);
        }
        to.Shutdown(SocketShutdown.Send);
    }

    // Of the same length, so that nothing else shows it: what real middleboxes did.
    static void Strip(Span<byte> octets)
    {
        for (int at = octets.IndexOf("STARTTLS"u8); at >= 0; at = octets.IndexOf("STARTTLS"u8))
            octets.Slice(at, "STARTTLS".Length).Fill((byte)'X');
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
