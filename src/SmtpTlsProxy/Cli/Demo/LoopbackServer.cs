using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>Accepts on a free loopback port, serves each connection, and ends them all when disposed.</summary>
sealed class LoopbackServer(Func<Socket, CancellationToken, Task> serve) : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    Task _accepting = Task.CompletedTask;

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

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
        List<Task> served = [];
        try
        {
            while (true)
                served.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {   // the demo ends
            await Task.WhenAll(served);
        }
    }

    async Task ServeAsync(Socket accepted)
    {
        using Socket peer = accepted;
        try
        {
            await serve(peer, _stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {   // the peer left or the demo ends: its socket is closed
        }
    }
}
