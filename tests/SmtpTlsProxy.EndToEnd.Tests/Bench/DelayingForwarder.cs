using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A long line: whatever comes arrives as it was, later. Octets are under way at the same time, as on a real one.</summary>
sealed class DelayingForwarder : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentBag<Socket> _sockets = [];
    readonly int _target;
    readonly TimeSpan _oneWay;

    public DelayingForwarder(int target, TimeSpan roundTrip)
    {
        (_target, _oneWay) = (target, roundTrip / 2);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

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
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAll(CarryAsync(client, server), CarryAsync(server, client));
        }
        catch (Exception gone) when (SmtpStream.IsGone(gone))
        {
            // one end left: so does the other
        }
        client.Dispose();
        server.Dispose();
    }

    async Task CarryAsync(Socket from, Socket to)
    {
        var line = Channel.CreateUnbounded<(byte[] Octets, long Due)>();
        Task arriving = ArriveAsync(line.Reader, to);
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReceiveAsync(buffer)) > 0)
            line.Writer.TryWrite((buffer[..count], Stopwatch.GetTimestamp() + (long)(_oneWay.TotalSeconds * Stopwatch.Frequency)));
        line.Writer.Complete();
        await arriving;
        to.Shutdown(SocketShutdown.Send);
    }

    static async Task ArriveAsync(ChannelReader<(byte[] Octets, long Due)> line, Socket to)
    {
        await foreach ((byte[] octets, long due) in line.ReadAllAsync())
        {
            TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (left > TimeSpan.Zero)
                await Task.Delay(left);
            await to.SendAsync(octets);
        }
    }
}
