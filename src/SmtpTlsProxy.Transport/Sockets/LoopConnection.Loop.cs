namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

/// <summary>The life on the loop.</summary>
public sealed partial class LoopConnection
{
    Func<LoopConnection, Task>? _session;
    Action<Exception>? _fault;
    TaskCompletionSource? _ended;
    EpollLoop? _loop;
    Waiter? _waiter;
    Leg? _leg;
    SocketWire? _wire;
    int _isTaken;
    int _isAborted;

    /// <summary>The loop it lives on.</summary>
    public Loop Loop => _loop ?? throw NotRunning();

    /// <summary>The session's waiter; on the loop only.</summary>
    public Waiter Waiter => _waiter ?? throw NotRunning();

    /// <summary>What to read and write; on the loop only.</summary>
    public Leg Leg => _leg ?? throw NotRunning();

    /// <summary>Where the client was going before the packet filter redirected it here, or our own end; null if unknown. On the loop only.</summary>
    public IPEndPoint? OriginalDestination => (_wire ?? throw NotRunning()).OriginalDestination;

    /// <summary>
    /// The one hop: moves the connection to the loop with the fewest sessions and runs the session there, everything behind it included. Holds the
    /// outermost catch; whatever happens,
    /// both legs are closed when the returned task completes, which it does without an exception.
    /// </summary>
    /// <param name="session">The session; what it throws is a fault.</param>
    /// <param name="fault">Told of a fault, on the loop.</param>
    public Task RunOnLoopAsync(Func<LoopConnection, Task> session, Action<Exception> fault)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
            throw new InvalidOperationException("A connection runs once.");
        (_session, _fault) = (session, fault);
        // Kestrel's few last steps run on the loop, inside the completion: waking the pool for them cost more than they do.
        _ended = new TaskCompletionSource();
        EpollLoop loop = (EpollLoop)_loops.LeastLoaded();
        Volatile.Write(ref _loop, loop);
        if (!loop.TryPost(static state => _ = ((LoopConnection)state!).OnLoopAsync(), this))
            NeverRan();
        return _ended.Task;
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        // The flag first, then the loop; the hop does it the other way round: one of them sees the other.
        Interlocked.Exchange(ref _isAborted, 1);
        Volatile.Read(ref _loop)?.Post(AbortHere);
    }

    /// <summary>Ends what is still open, and completes when it is.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
            _socket.Close();
        if (_ended is not { Task: var run })
            return;
        if (!run.IsCompleted)
            Abort(new ConnectionAbortedException("The connection was disposed."));
        await run.ConfigureAwait(false);
    }

    // The loop has stopped and never saw the socket: nobody else closes it.
    void NeverRan()
    {
        _socket.Close();
        _ended!.SetResult();
    }

    async Task OnLoopAsync()
    {
        EpollLoop loop = _loop!;
        Waiter waiter = loop.Enter();
        try
        {
            Open(loop, waiter);
            await _session!(this);
        }
        catch (Exception e)
        {
            _fault!(e);
        }
        finally
        {
            waiter.AbortAll();
            loop.Leave(waiter);
            _ended!.SetResult();
        }
    }

    void Open(EpollLoop loop, Waiter waiter)
    {
        _waiter = waiter;
        _wire = SocketWire.Attach(loop, _socket.Descriptor, waiter);
        _leg = new Leg(waiter, _wire, _socket.Local, _socket.Remote);
        if (Volatile.Read(ref _isAborted) != 0)
            AbortHere();
    }

    void AbortHere()
    {
        if (_waiter is not { } waiter)
            return;
        waiter.AbortAll();
        waiter.Signal(Wake.Flags.Abort);
    }

    static InvalidOperationException NotRunning() => new("The connection is not on a loop: see RunOnLoopAsync.");
}
