namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

/// <summary>The life on the loop.</summary>
public sealed partial class LoopConnection
{
    Waiter? _waiter;
    Leg? _leg;
    SocketWire? _wire;
    int _isAborted;

    /// <summary>The loop it lives on.</summary>
    public Loop Loop => _loop;

    /// <summary>The session's waiter; on the loop only.</summary>
    public Waiter Waiter => _waiter ?? throw NotRunning();

    /// <summary>What to read and write; on the loop only.</summary>
    public Leg Leg => _leg ?? throw NotRunning();

    /// <summary>Where the client was going before the packet filter redirected it here, or our own end; null if unknown. On the loop only.</summary>
    public IPEndPoint? OriginalDestination => (_wire ?? throw NotRunning()).OriginalDestination;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        // The flag first, then the loop; the loop does it the other way round: one of them sees the other.
        Interlocked.Exchange(ref _isAborted, 1);
        _loop.Post(AbortHere);
    }

    /// <summary>The one hop: runs the endpoint's pipeline on the loop that was chosen. From any thread.</summary>
    internal void Start()
    {
        // The loop has stopped and never sees the socket: nobody else closes it.
        if (!_loop.TryPost(static state => _ = ((LoopConnection)state!).RunAsync(), this))
            _socket.Close();
    }

    // Holds the outermost catch; whatever happens, both legs are closed at its end.
    async Task RunAsync()
    {
        Waiter waiter = _loop.Enter();
        _loop.Arrived();
        try
        {
            Open(_loop, waiter);
            await _at.Pipeline(this);
        }
        catch (Exception e)
        {
            _at.Fault(e);
        }
        finally
        {
            waiter.AbortAll();
            _loop.Leave(waiter);
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

    static InvalidOperationException NotRunning() => new("The connection is not on its loop yet.");
}
