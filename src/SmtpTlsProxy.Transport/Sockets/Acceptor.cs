namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;

/// <summary>
/// One listening socket on the loop that accepts for all: level-triggered, a bounded number a turn, each handed on at once.
/// </summary>
public sealed partial class Acceptor : IEpollSource
{
    // Who is taken out of the backlog at an unbind, at most.
    internal const int LastOnes = 512;

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ListeningSocket _socket;
    readonly EpollLoop _loop;
    readonly Action<AcceptedSocket> _accepted;
    readonly Loops.Waiter _pause;
    int _unbound;

    Acceptor(EpollLoop loop, ListeningSocket socket, Action<AcceptedSocket> accepted)
    {
        (_loop, _socket, _accepted) = (loop, socket, accepted);
        _pause = loop.NewWaiter();
        _reserve = Reserve();
    }

    /// <summary>What was bound: with the port that the system chose.</summary>
    public EndPoint EndPoint => _socket.EndPoint;

    /// <summary>Done once it listens no more.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Binds and listens at once, so that a mistake is told to the caller; accepting begins on the loop. From any thread.</summary>
    /// <param name="loop">The loop that accepts.</param>
    /// <param name="at">Where.</param>
    /// <param name="backlog">How many connections the kernel keeps for us.</param>
    /// <param name="accepted">Takes each connection over, on the loop, inside the accept: it hands it on, and does not throw.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static Acceptor Bind(EpollLoop loop, EndPoint at, int backlog, Action<AcceptedSocket> accepted)
    {
        Acceptor acceptor = new(loop, ListeningSocket.Bind(at, backlog), accepted);
        loop.TryPost(static state => ((Acceptor)state!).Open(), acceptor);
        return acceptor;
    }

    /// <summary>Stops listening; whoever has connected by then is still handed on. Idempotent; from any thread.</summary>
    public Task UnbindAsync()
    {
        if (Interlocked.Exchange(ref _unbound, 1) == 0 && !_loop.TryPost(static state => ((Acceptor)state!).Unbind(), this))
            CloseListening();                   // the loop has stopped: nobody else touches it
        return _closed.Task;
    }

    async Task ResumeLaterAsync()
    {
        await _pause.NextAsync(_loop.In(s_pause));
        _isPaused = false;
        Arm();
    }
}
