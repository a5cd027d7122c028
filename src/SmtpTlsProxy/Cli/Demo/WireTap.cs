using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>A listener on the wire: passes a connection on to <paramref name="to"/> and keeps what went over in both directions.</summary>
sealed class WireTap(IPEndPoint to) : IAsyncDisposable
{
    /// <summary>The demo shows a dialogue, not a mail archive.</summary>
    const int MostKept = 64 * 1024;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly List<byte> _heard = [];
    Task _accepting = Task.CompletedTask;

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Everything heard so far, both directions in the order they came.</summary>
    public byte[] Heard
    {
        get
        {
            lock (_heard)
                return [.. _heard];
        }
    }

    public void Start()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        List<Task> passing = [];
        try
        {
            while (true)
                passing.Add(PassAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {   // the demo ends
            await Task.WhenAll(passing);
        }
    }

    async Task PassAsync(Socket from)
    {
        using Socket near = from;
        using Socket far = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(to, _stop.Token);
            await Task.WhenAll(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {   // one side left or the demo ends: both sockets are closed
        }
    }

    async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
        {
            Keep(buffer.AsSpan(0, count));
            await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
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
