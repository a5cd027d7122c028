namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Threading.Channels;

/// <summary>
/// One listening socket on the loop that accepts: level-triggered, a bounded number a turn, into a bounded queue. Accepting never throws to its
/// consumer, which would end Kestrel's accept loop for good.
/// </summary>
public sealed partial class Acceptor : IEpollSource
{
    internal const int QueueLimit = 512;

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    // Kestrel takes a connection inside the accept, on the loop, and queues it for the pool: one wake-up instead of two (it does no more there).
    readonly Channel<AcceptedSocket> _queue = Channel.CreateBounded<AcceptedSocket>(
        new BoundedChannelOptions(QueueLimit) { SingleWriter = true, AllowSynchronousContinuations = true });
    readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ListeningSocket _socket;
    readonly EpollLoop _loop;
    readonly Loops.Waiter _pause;
    int _unbound;

    Acceptor(EpollLoop loop, ListeningSocket socket)
    {
        _loop = loop;
        _socket = socket;
        _pause = loop.NewWaiter();
        _reserve = Reserve();
    }

    /// <summary>What was bound: with the port that the system chose.</summary>
    public EndPoint EndPoint => _socket.EndPoint;

    /// <summary>Binds and listens at once, so that a mistake is told to the caller; accepting begins on the loop. From any thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static Acceptor Bind(EpollLoop loop, EndPoint at, int backlog)
    {
        Acceptor acceptor = new(loop, ListeningSocket.Bind(at, backlog));
        loop.TryPost(static state => ((Acceptor)state!).Open(), acceptor);
        return acceptor;
    }

    /// <summary>The next connection, which the caller then owns; null when all were taken after <see cref="UnbindAsync"/>. Never throws.</summary>
    public async ValueTask<AcceptedSocket?> AcceptAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            if (!_queue.Reader.TryRead(out AcceptedSocket accepted))
                continue;
            if (Volatile.Read(ref _isFull) && _queue.Reader.Count <= QueueLimit / 2)
                _loop.TryPost(static state => ((Acceptor)state!).Resume(), this);
            return accepted;
        }

        await Task.Yield();                     // the consumer is about to stop: not on the loop
        return null;
    }

    /// <summary>Stops listening; whoever has connected by then is still to be taken. Idempotent; from any thread.</summary>
    public Task UnbindAsync()
    {
        if (Interlocked.Exchange(ref _unbound, 1) == 0 && !_loop.TryPost(static state => ((Acceptor)state!).Unbind(), this))
            Close();                            // the loop has stopped: nobody else touches it
        return _closed.Task;
    }

    async Task ResumeLaterAsync()
    {
        await _pause.NextAsync(_loop.In(s_pause));
        _isPaused = false;
        Arm();
    }
}
