namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;

/// <summary>accept4(2), for an address of so many octets at most. A seam for tests: errors come when they want them.</summary>
delegate int AcceptCall(int listening, Span<byte> address, ref int length, out int errno);

/// <summary>What runs on the loop.</summary>
public sealed unsafe partial class Acceptor
{
    Loops.Deadline _quietUntil;
    ulong _key;
    int _reserve;
    bool _isOpen;
    bool _isPaused;

    internal AcceptCall Accept { get; set; } = SystemAccept;

    void IEpollSource.OnEvents(uint events)
    {
        while (_loop.AcceptBudget > 0 && _isOpen && !_isPaused)
        {
            _loop.AcceptBudget--;
            if (!AcceptOne())
                return;
        }
    }

    void IEpollSource.LoopEnds() => CloseListening();

    // Who has connected is handed over, to be told that we close: with the socket the kernel would reset whoever still waits in its backlog.
    void Unbind()
    {
        for (int last = 0; _isOpen && last < LastOnes && AcceptOne(); last++)
        {
            // until the backlog is empty
        }
        CloseListening();
    }

    static int SystemAccept(int listening, Span<byte> address, ref int length, out int errno)
    {
        uint size = (uint)length;
        fixed (byte* start = address)
        {
            int descriptor = Libc.accept4(listening, start, &size, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
            errno = descriptor < 0 ? Errno.Last : 0;
            length = (int)Math.Min(size, (uint)length);
            return descriptor;
        }
    }

    // Any descriptor will do: it is closed to make room for one connection, so that this can be refused instead of hanging in the backlog.
    static int Reserve() => Libc.eventfd(0, Libc.EFD_CLOEXEC);

    void Open()
    {
        _key = _loop.Register(this, _socket.Descriptor, Libc.EPOLLIN);
        _isOpen = true;
    }

    // False when there is nothing more to accept now.
    bool AcceptOne()
    {
        Span<byte> address = stackalloc byte[SocketAddresses.Size];
        int length = address.Length;
        int descriptor = Accept(_socket.Descriptor, address, ref length, out int errno);
        if (descriptor < 0)
            return GoesOn(errno);
        HandOn(descriptor, address[..length]);
        return true;
    }

    void HandOn(int descriptor, ReadOnlySpan<byte> address)
    {
        EndPoint remote = SocketAddresses.Parse(address) ?? EndPoint;
        EndPoint local = SocketAddresses.LocalOf(descriptor) ?? EndPoint;
        _accepted(new AcceptedSocket(descriptor, local, remote));
    }

    bool GoesOn(int errno)
    {
        switch (errno)
        {
            case Errno.EAGAIN:
                return false;
            // The connection broke while it waited, or a filter forbids it (accept(2), error handling): the next one.
            case Errno.EINTR or Errno.ECONNABORTED or Errno.EPROTO or Errno.EPERM:
            case Errno.ENETDOWN or Errno.ENOPROTOOPT or Errno.EHOSTDOWN or Errno.ENONET or Errno.EHOSTUNREACH or Errno.EOPNOTSUPP or Errno.ENETUNREACH:
                return true;
            default:
                Pause(errno);
                return false;
        }
    }

    // EMFILE, ENFILE, ENOBUFS, ENOMEM, or what nobody foresaw. The socket stays readable: armed, it would keep the loop spinning.
    void Pause(int errno)
    {
        _loop.AcceptFailed();
        _loop.Warn(ref _quietUntil, $"accepting at {EndPoint} pauses for 100 ms: {Errno.Describe(errno)}");
        RefuseOne();
        _isPaused = true;
        Arm();
        _ = ResumeLaterAsync();
    }

    void RefuseOne()
    {
        if (_reserve < 0)
        {
            _reserve = Reserve();
            return;
        }

        Libc.close(_reserve);
        Span<byte> address = stackalloc byte[SocketAddresses.Size];
        int length = address.Length;
        int refused = Accept(_socket.Descriptor, address, ref length, out _);
        if (refused >= 0)
            Libc.close(refused);
        _reserve = Reserve();
    }

    void Arm()
    {
        if (_isOpen)
            _loop.Modify(_socket.Descriptor, _isPaused ? 0 : Libc.EPOLLIN, _key);
    }

    void CloseListening()
    {
        if (_closed.Task.IsCompleted)
            return;
        if (_isOpen)
            _loop.Unregister(_key);
        _isOpen = false;
        _socket.Dispose();
        if (_reserve >= 0)
            Libc.close(_reserve);
        _closed.TrySetResult();
    }
}
