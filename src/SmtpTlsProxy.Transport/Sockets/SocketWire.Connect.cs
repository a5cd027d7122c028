namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Transport.Loops;

/// <summary>Connecting, without blocking: the waiter is signalled when it is decided (connect(2), EINPROGRESS).</summary>
public sealed unsafe partial class SocketWire
{
    /// <summary>Its own end; the unspecified one for a unix socket.</summary>
    public EndPoint? LocalEndPoint => SocketAddresses.LocalOf(_descriptor);

    /// <summary>Where the connection was going before the packet filter redirected it here; null if unknown.</summary>
    public IPEndPoint? OriginalDestination => Sockets.OriginalDestination.Of(_descriptor);

    /// <summary>
    /// Begins to connect. Null when that failed at once, with the error number. Then wait, and ask <see cref="FinishConnect"/>.
    /// </summary>
    internal static SocketWire? Connect(EpollLoop loop, EndPoint to, Waiter waiter, out int errno)
    {
        bool isUnix = to.AddressFamily == AddressFamily.Unix;
        int family = isUnix ? Libc.AF_UNIX : to.AddressFamily == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET;
        int descriptor = Libc.socket(family, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            errno = Errno.Last;
            return null;
        }

        if (!isUnix)
            SetNoDelay(descriptor);
        errno = Connect(descriptor, to.Serialize());
        // Registered behind connect(2): an unconnected socket would report a hang-up.
        if (errno is 0 or Errno.EINPROGRESS)
            return Attach(loop, descriptor, waiter, connecting: errno != 0);
        Libc.close(descriptor);
        return null;
    }

    /// <summary>0 when the connection stands, <see cref="Errno.EINPROGRESS"/> while it is undecided, else why it failed.</summary>
    internal int FinishConnect()
    {
        if (!_connecting)
            return 0;
        if (!_writable)
            return Errno.EINPROGRESS;
        int error = 0;
        uint length = sizeof(int);
        if (Libc.getsockopt(_descriptor, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length) < 0)
            return Errno.Last;
        if (error == 0)
            _connecting = false;
        return error;
    }

    static int Connect(int descriptor, SocketAddress to)
    {
        fixed (byte* address = to.Buffer.Span)
        {
            // EINTR: it goes on by itself, and is not called again (connect(2)).
            if (Libc.connect(descriptor, address, (uint)to.Size) == 0)
                return 0;
            return Errno.Last == Errno.EINTR ? Errno.EINPROGRESS : Errno.Last;
        }
    }

    static void SetNoDelay(int descriptor)
    {
        int on = 1;
        Libc.setsockopt(descriptor, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, &on, sizeof(int));
    }
}
