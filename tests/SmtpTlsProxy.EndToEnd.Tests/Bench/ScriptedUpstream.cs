using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A server that says what a test wrote, to every client.</summary>
class ScriptedUpstream : IAsyncDisposable
{
    readonly TcpListener _listener;
    readonly ConcurrentBag<SmtpStream> _streams = [];
    readonly Func<SmtpStream, Task> _talk;
    readonly Task _accepting;
    int _connections;

    public ScriptedUpstream(Func<SmtpStream, Task> talk, IPEndPoint? at = null, NetworkNamespace? network = null)
    {
        _talk = talk;
        at ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = network is null ? new(at) : network.Inside(() => new TcpListener(at));
        _listener.Start(512);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port { get; }
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What a script did not expect; a lost connection is none of it.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (SmtpStream stream in _streams)
            await stream.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (SmtpStream.IsGone(stopped) || stopped is InvalidOperationException)
        {
            // the test is over
        }
    }

    async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        var stream = new SmtpStream(socket);
        _streams.Add(stream);
        try
        {
            await _talk(stream);
        }
        catch (Exception fault)
        {
            if (!SmtpStream.IsGone(fault) && fault is not System.Security.Authentication.AuthenticationException)
                Faults.Enqueue(fault);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}
