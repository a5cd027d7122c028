namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Transport.Loops;

public sealed class SocketWireTests : IDisposable
{
    readonly EpollLoop _loop = new(TimeProvider.System, Assert.Fail);
    readonly Waiter _waiter;
    readonly SocketPair _pair;
    readonly byte[] _buffer = new byte[64];

    public SocketWireTests()
    {
        _waiter = _loop.Enter();
        _pair = SocketPair.Unix(_loop, _waiter);
        _loop.Turn(TimeSpan.Zero);
    }

    SocketWire Wire => _pair.Wire;

    public void Dispose()
    {
        _pair.Dispose();
        _loop.Leave(_waiter);
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        Assert.Equal(0, _loop.Registered);
        _loop.Dispose();
    }

    [Fact]
    public void AnEdgeWakesAndAShortReadMeansDrained()
    {
        Task<Wake> wait = Wait();
        _pair.Peer.Send("EHLO"u8);
        _loop.Turn(TimeSpan.Zero);
        Assert.True(wait.Told().HasOctets);
        Assert.True(Wire.IsReadable);
        Assert.Equal(4, Wire.Receive(_buffer));
        Assert.False(Wire.IsReadable);
        Assert.Equal(OpenSsl.Wire.WouldBlock, Wire.Receive(_buffer));
    }

    [Fact]
    public void AFullReadKeepsReadableWithoutAnotherEdge()
    {
        _pair.Peer.Send("abcdef"u8);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(4, Wire.Receive(_buffer.AsSpan(0, 4)));
        Assert.True(Wire.IsReadable);
        Assert.Equal(2, Wire.Receive(_buffer.AsSpan(0, 4)));
        Assert.False(Wire.IsReadable);
    }

    [Fact]
    public void OctetsNobodyWantsYetWakeOnce()
    {
        _pair.Peer.Send("a"u8);
        Assert.True(TurnOnce().HasOctets);
        Task<Wake> wait = Wait();
        _pair.Peer.Send("b"u8);
        _loop.RunUntilIdle();
        Assert.False(wait.IsCompleted);
        _waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(wait.IsCompleted);
        Assert.Equal(2, Wire.Receive(_buffer));
    }

    [Fact]
    public void BehindAFinAShortReadIsNotTheEnd()
    {
        _pair.Peer.Send("QUIT"u8);
        _pair.Peer.Shutdown(SocketShutdown.Send);
        _loop.Turn(TimeSpan.Zero);
        Assert.True(Wire.PeerEnded);
        Assert.Equal(4, Wire.Receive(_buffer));
        Assert.True(Wire.IsReadable);
        Assert.Equal(0, Wire.Receive(_buffer));
        Assert.Equal(0, Wire.Receive(_buffer));
    }

    [Fact]
    public void AFinBehindADrainedReadWakes()
    {
        _pair.Peer.Send("a"u8);
        _loop.Turn(TimeSpan.Zero);
        Wire.Receive(_buffer);
        Task<Wake> wait = Wait();
        _loop.RunUntilIdle();                   // the wake that was due
        _pair.Peer.Shutdown(SocketShutdown.Send);
        _loop.Turn(TimeSpan.Zero);
        Assert.True(wait.Told().HasOctets);
        Assert.Equal(0, Wire.Receive(_buffer));
        Assert.False(Wire.IsReset);
    }

    [Fact]
    public void APeekTakesNothing()
    {
        _pair.Peer.Send("PROXY"u8);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(5, Wire.Peek(_buffer));
        Assert.Equal(5, Wire.Peek(_buffer));
        Assert.Equal(5, Wire.Receive(_buffer));
        Assert.Equal(OpenSsl.Wire.WouldBlock, Wire.Peek(_buffer));
    }

    [Fact]
    public void AFullKernelEndsWritableAndRoomBringsAnEdge()
    {
        byte[] octets = new byte[1 << 20];
        int sent = 0;
        while (Wire.IsWritable)
            sent += Math.Max(0, Wire.Send(octets));
        Assert.Equal(OpenSsl.Wire.WouldBlock, Wire.Send(octets));
        Task<Wake> wait = Wait();
        for (int drained = 0; drained < sent;)
            drained += _pair.Peer.Receive(octets);
        _loop.Turn(TimeSpan.Zero);
        Assert.True(wait.Told().HasOctets);
        Assert.True(Wire.IsWritable);
    }

    [Fact]
    public void SendingToAPeerWhoHasGoneIsAnAnswerNotASignal()
    {
        _pair.Peer.Dispose();
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(OpenSsl.Wire.Lost, Wire.Send("221 bye\r\n"u8));
    }

    [Fact]
    public void OurEndIsOrderlyAndToldOnce()
    {
        Wire.Send("221"u8);
        Wire.ShutdownSend();
        Wire.ShutdownSend();
        Assert.Equal(3, _pair.Peer.Receive(_buffer));
        Assert.Equal(0, _pair.Peer.Receive(_buffer));
        _pair.Peer.Send("late"u8);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(4, Wire.Receive(_buffer));
    }

    [Fact]
    public void AClosedWireAnswersLost()
    {
        Wire.Close(reset: false);
        Wire.Close(reset: true);
        Assert.True(Wire.IsClosed);
        Assert.Equal(OpenSsl.Wire.Lost, Wire.Receive(_buffer));
        Assert.Equal(OpenSsl.Wire.Lost, Wire.Peek(_buffer));
        Assert.Equal(OpenSsl.Wire.Lost, Wire.Send(_buffer));
    }

    [Fact]
    public void AnEdgeForAClosedWireIsDropped()
    {
        _pair.Peer.Send("a"u8);
        Wire.Close(reset: false);
        Task<Wake> wait = Wait();
        _loop.RunUntilIdle();
        Assert.False(wait.IsCompleted);
        _waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(wait.IsCompleted);
    }

    [Fact]
    public void AResetReachesThePeerAsOne()
    {
        using SocketPair tcp = SocketPair.Tcp(_loop, _waiter);
        tcp.Wire.Close(reset: true);
        SocketException lost = Assert.Throws<SocketException>(() => tcp.Peer.Receive(_buffer));
        Assert.Equal(SocketError.ConnectionReset, lost.SocketErrorCode);
    }

    [Fact]
    public void APeersResetIsTold()
    {
        using SocketPair tcp = SocketPair.Tcp(_loop, _waiter);
        tcp.Peer.LingerState = new LingerOption(true, 0);
        tcp.Peer.Close();
        TurnUntil(() => tcp.Wire.IsReset);
        Assert.True(tcp.Wire.PeerEnded);
        Assert.Equal(OpenSsl.Wire.Lost, tcp.Wire.Receive(_buffer));
    }

    [Fact]
    public void AConnectionIsDecidedByAnEdge()
    {
        using Socket listening = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listening.Listen();
        SocketWire wire = SocketWire.Connect(_loop, listening.LocalEndPoint!, _waiter, out _)!;
        TurnUntil(() => wire.FinishConnect() != Errno.EINPROGRESS);
        Assert.Equal(0, wire.FinishConnect());
        using Socket peer = listening.Accept();
        Assert.Equal(peer.RemoteEndPoint, wire.LocalEndPoint);
        Assert.Equal(3, wire.Send("abc"u8));
        Assert.Equal(3, peer.Receive(_buffer));
        wire.Close(reset: false);
    }

    [Fact]
    public void ARefusedConnectionSaysSo()
    {
        SocketWire? wire = SocketWire.Connect(_loop, Closed(), _waiter, out int errno);
        if (wire is not null)
        {
            TurnUntil(() => wire.FinishConnect() != Errno.EINPROGRESS);
            errno = wire.IsReset ? Errno.ECONNREFUSED : wire.FinishConnect();
            wire.Close(reset: true);
        }

        Assert.Equal(Errno.ECONNREFUSED, errno);
    }

    [Fact]
    public void AUnixSocketThatIsMissingFailsAtOnce()
    {
        Assert.Null(SocketWire.Connect(_loop, new UnixDomainSocketEndPoint("/nonexistent/socket"), _waiter, out int errno));
        Assert.Equal(Errno.ENOENT, errno);
    }

    static IPEndPoint Closed()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    Task<Wake> Wait() => _waiter.NextAsync(Deadline.Never).AsTask();

    Wake TurnOnce()
    {
        Task<Wake> wait = Wait();
        _loop.Turn(TimeSpan.Zero);
        return wait.Told();
    }

    void TurnUntil(Func<bool> condition) => _loop.TurnUntil(condition);
}
