namespace SmtpTlsProxy.Transport.Sockets;

using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// A connected socket, or one that connects. Owns its descriptor. Registered once with its loop's epoll, edge-triggered for both directions;
/// the flags kept here say what the last edge and the last call left, so no call is made only to be told EAGAIN.
/// </summary>
public sealed unsafe partial class SocketWire : Wire, IEpollSource
{
    const uint Edges = Libc.EPOLLIN | Libc.EPOLLOUT | Libc.EPOLLRDHUP | Libc.EPOLLET;
    const uint Ended = Libc.EPOLLRDHUP | Libc.EPOLLHUP | Libc.EPOLLERR;
    const uint Broken = Libc.EPOLLHUP | Libc.EPOLLERR;

    readonly EpollLoop _loop;
    readonly int _descriptor;
    readonly ulong _key;
    bool _readable;
    bool _writable;
    bool _hungUp;
    bool _reset;
    bool _connecting;
    bool _peeked;
    bool _sendEnded;
    bool _closed;

    SocketWire(EpollLoop loop, int descriptor, Waiter waiter, bool connecting)
    {
        _loop = loop;
        _descriptor = descriptor;
        Waiter = waiter;
        _connecting = connecting;
        _writable = !connecting;
        _key = loop.Register(this, descriptor, Edges);
        loop.Counts.Socket(+1);
    }

    /// <summary>Whom an edge wakes. May be changed between two steps.</summary>
    public Waiter Waiter { get; set; }

    /// <inheritdoc/>
    public override bool IsReadable => _readable;

    /// <inheritdoc/>
    public override bool IsWritable => _writable;

    /// <summary>An edge told that the peer sends no more: FIN or RST. What it sent before may still wait.</summary>
    public override bool PeerEnded => _hungUp;

    /// <summary>The connection is broken: an edge or a call told of RST or of another error.</summary>
    public override bool IsReset => _reset;

    /// <summary>It was closed here.</summary>
    public bool IsClosed => _closed;

    /// <summary>Takes over a connected, non-blocking descriptor: it is closed with the wire, also when this throws for want of memory.</summary>
    public static SocketWire Attach(EpollLoop loop, int descriptor, Waiter waiter) => Attach(loop, descriptor, waiter, connecting: false);

    /// <inheritdoc/>
    public override int Receive(Span<byte> into)
    {
        _peeked = false;
        int count = Receive(into, 0);
        // A short read means drained: the next octet brings an edge. Not behind a FIN, whose edge has come already.
        if (count > 0 && count < into.Length && !_hungUp)
            _readable = false;
        return count;
    }

    /// <inheritdoc/>
    public override int Peek(Span<byte> into)
    {
        // What epoll has not yet told counts too (rule 3.3: an injected octet must not hide between two turns). And who looks without taking waits for
        // octets behind those that already made the wire readable.
        _peeked = true;
        int count = Receive(into, Libc.MSG_PEEK);
        _readable |= count >= 0;
        return count;
    }

    /// <inheritdoc/>
    public override int Send(ReadOnlySpan<byte> octets)
    {
        if (_closed)
            return Lost;
        if (!_writable)
            return WouldBlock;
        nint count;
        fixed (byte* start = octets)
        {
            do
                count = Libc.send(_descriptor, start, (nuint)octets.Length, Libc.MSG_NOSIGNAL);
            while (count < 0 && Errno.Last == Errno.EINTR);
        }

        if (count < 0)
            return Failed(ref _writable);
        // A short write means the kernel is full: room brings an edge.
        if (count < octets.Length)
            _writable = false;
        return (int)count;
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        if (_sendEnded || _closed)
            return;
        _sendEnded = true;
        Libc.shutdown(_descriptor, Libc.SHUT_WR);
    }

    /// <inheritdoc/>
    public override void Close(bool reset)
    {
        if (_closed)
            return;
        _closed = true;
        _readable = _writable = false;
        if (reset)
            SendReset();
        _loop.Unregister(_key);
        _loop.Counts.Socket(-1);
        Libc.close(_descriptor);
    }

    void IEpollSource.OnEvents(uint events)
    {
        // An edge in one direction reports the other's state too: only what is new wakes.
        bool isNew = Rise(ref _readable, events, Libc.EPOLLIN | Ended)
            | Rise(ref _writable, events, Libc.EPOLLOUT | Broken)
            | Rise(ref _hungUp, events, Ended)
            | Rise(ref _reset, events, Libc.EPOLLERR)
            | (_peeked && (events & Libc.EPOLLIN) != 0);
        if (isNew)
            Waiter.SignalOctets();
    }

    void IEpollSource.LoopEnds() => Close(reset: true);

    static SocketWire Attach(EpollLoop loop, int descriptor, Waiter waiter, bool connecting)
    {
        try
        {
            return new SocketWire(loop, descriptor, waiter, connecting);
        }
        catch (IOException)
        {
            Libc.close(descriptor);
            throw;
        }
    }

    static bool Rise(ref bool flag, uint events, uint mask)
    {
        if (flag || (events & mask) == 0)
            return false;
        flag = true;
        return true;
    }

    int Receive(Span<byte> into, int flags)
    {
        if (_closed)
            return Lost;
        if (!_readable && flags != Libc.MSG_PEEK)
            return WouldBlock;
        nint count;
        fixed (byte* start = into)
        {
            do
                count = Libc.recv(_descriptor, start, (nuint)into.Length, flags);
            while (count < 0 && Errno.Last == Errno.EINTR);
        }

        return count < 0 ? Failed(ref _readable) : (int)count;
    }

    int Failed(ref bool flag)
    {
        if (Errno.Last == Errno.EAGAIN)
        {
            flag = false;
            return WouldBlock;
        }

        // EPIPE closes our direction alone: the peer's last words can still be read.
        _reset |= Errno.Last != Errno.EPIPE;
        return Lost;
    }

    void SendReset()
    {
        // struct linger { int l_onoff; int l_linger; } (socket(7)): on, zero seconds.
        int* linger = stackalloc int[2] { 1, 0 };
        Libc.setsockopt(_descriptor, Libc.SOL_SOCKET, Libc.SO_LINGER, linger, 2 * sizeof(int));
    }
}
