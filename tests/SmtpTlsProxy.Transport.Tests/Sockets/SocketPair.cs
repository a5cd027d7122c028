namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SmtpTlsProxy.Transport.Loops;

/// <summary>A wire on a loop and, at its other end, a socket of the test. Of a unix pair everything has arrived when the call returns.</summary>
sealed partial class SocketPair : IDisposable
{
    SocketPair(SocketWire wire, Socket peer)
    {
        Wire = wire;
        Peer = peer;
    }

    internal SocketWire Wire { get; }

    internal Socket Peer { get; }

    public void Dispose()
    {
        Wire.Close(reset: false);
        Peer.Dispose();
    }

    internal static unsafe SocketPair Unix(EpollLoop loop, Waiter waiter)
    {
        int* ends = stackalloc int[2];
        Assert.Equal(0, socketpair(Libc.AF_UNIX, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0, ends));
        Socket peer = new(new SafeSocketHandle(ends[1], ownsHandle: true)) { Blocking = false };
        return new SocketPair(SocketWire.Attach(loop, ends[0], waiter), peer);
    }

    internal static SocketPair Tcp(EpollLoop loop, Waiter waiter)
    {
        using Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        SocketWire? wire = SocketWire.Connect(loop, listening.LocalEndPoint!, waiter, out _);
        Socket peer = listening.Accept();
        loop.Turn(TimeSpan.FromSeconds(10));
        Assert.Equal(0, wire!.FinishConnect());
        return new SocketPair(wire, peer);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int socketpair(int domain, int type, int protocol, int* ends);
}
