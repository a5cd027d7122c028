namespace SmtpTlsProxy.Transport.Sockets;

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

public sealed class AcceptorTests : IDisposable
{
    readonly FakeTimeProvider _time = new();
    readonly List<string> _warnings = [];
    readonly Queue<AcceptedSocket> _accepted = [];
    readonly string _path = Path.Combine(Path.GetTempPath(), $"acceptor-{Guid.NewGuid():N}.sock");
    readonly EpollLoop _loop;

    public AcceptorTests() => _loop = new EpollLoop(_time, _warnings.Add);

    public static TheoryData<string> Loopbacks => ["127.0.0.1", "::1"];

    public void Dispose()
    {
        _loop.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public void AConnectionOverIpIsAcceptedWithBothItsEnds(string address)
    {
        Acceptor acceptor = Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        using Socket client = Connect(acceptor);
        AcceptedSocket accepted = Next();
        Assert.Equal(client.RemoteEndPoint, accepted.Local);
        Assert.Equal(client.LocalEndPoint, accepted.Remote);
        using Socket server = new(new SafeSocketHandle(accepted.Descriptor, ownsHandle: true));
        Assert.True(server.NoDelay);
    }

    [Fact]
    public void AConnectionOverAUnixSocketBearsTheListenersName()
    {
        Acceptor acceptor = Bind(new UnixDomainSocketEndPoint(_path));
        using Socket client = Connect(acceptor);
        AcceptedSocket accepted = Next();
        Assert.Equal(_path, accepted.Remote.ToString());
        Assert.Equal(_path, accepted.Local.ToString());
        accepted.Close();
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    [Fact]
    public void BothFamiliesListenSideBySideOnOnePort()
    {
        Acceptor six = Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        Acceptor four = Bind(new IPEndPoint(IPAddress.Any, ((IPEndPoint)six.EndPoint).Port));
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, ((IPEndPoint)four.EndPoint).Port);
        AcceptedSocket accepted = Next();
        Assert.Equal(client.LocalEndPoint, accepted.Remote);
        accepted.Close();
    }

    [Fact]
    public void AConnectionThatWasNotRedirectedHasNoOtherDestination()
    {
        Acceptor acceptor = Bind();
        using Socket client = Connect(acceptor);
        AcceptedSocket accepted = Next();
        Assert.Contains(OriginalDestination.Of(accepted.Descriptor), new[] { null, accepted.Local });
        accepted.Close();
    }

    [Fact]
    public void SixtyFourAreAcceptedATurn()
    {
        Acceptor acceptor = Bind();
        using Socket client = Connect(acceptor);
        int calls = 0;
        acceptor.Accept = (int _, Span<byte> _, ref int _, out int errno) =>
        {
            calls++;
            errno = 0;
            return Libc.eventfd(0, Libc.EFD_CLOEXEC);
        };
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(64, calls);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(128, calls);
        _ = acceptor.UnbindAsync();
        _loop.Turn(TimeSpan.Zero);
        Assert.InRange(calls, 128 + Acceptor.LastOnes, 128 + 64 + Acceptor.LastOnes);
        Assert.Equal(calls, _accepted.Count);
        while (_accepted.TryDequeue(out AcceptedSocket accepted))
            accepted.Close();
    }

    [Theory]
    [InlineData(Errno.ECONNABORTED)]
    [InlineData(Errno.EPROTO)]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.EINTR)]
    public void AConnectionThatBrokeInTheBacklogDoesNotStopTheNext(int error)
    {
        Acceptor acceptor = Bind();
        AcceptCall system = acceptor.Accept;
        int calls = 0;
        acceptor.Accept = (int listening, Span<byte> address, ref int length, out int errno) =>
        {
            errno = error;
            return ++calls <= 3 ? -1 : system(listening, address, ref length, out errno);
        };
        using Socket client = Connect(acceptor);
        Next().Close();
        Assert.Equal(0, _loop.AcceptFailures);
    }

    [Theory]
    [InlineData(Errno.EMFILE)]
    [InlineData(Errno.ENFILE)]
    [InlineData(Errno.ENOBUFS)]
    [InlineData(Errno.ENOMEM)]
    [InlineData(9999)]
    public void WithoutDescriptorsOneIsRefusedAndAcceptingPausesForATenthOfASecond(int error)
    {
        Acceptor acceptor = Bind();
        AcceptCall system = acceptor.Accept;
        int calls = 0;
        acceptor.Accept = (int listening, Span<byte> address, ref int length, out int errno) =>
        {
            errno = error;
            return ++calls == 1 ? -1 : system(listening, address, ref length, out errno);
        };
        using Socket refused = Connect(acceptor);
        using Socket waiting = Connect(acceptor);
        _loop.TurnUntil(() => calls == 2);
        Assert.Equal(0, refused.Receive(new byte[1]));
        Assert.Equal(1, _loop.AcceptFailures);
        Assert.Single(_warnings);

        _time.Advance(TimeSpan.FromMilliseconds(99));
        _loop.RunUntilIdle();
        Assert.Equal(2, calls);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        AcceptedSocket accepted = Next();
        Assert.Equal(waiting.LocalEndPoint, accepted.Remote);
        accepted.Close();
    }

    [Fact]
    public void WhoHasConnectedBeforeTheUnbindIsHandedOnAndThenThereIsNoNextOne()
    {
        Acceptor acceptor = Bind();
        using Socket queued = Connect(acceptor);
        _loop.TurnUntil(() => _loop.AcceptBudget < EpollLoop.AcceptsPerTurn);
        using Socket inBacklog = Connect(acceptor), alsoInBacklog = Connect(acceptor);
        EndPoint at = acceptor.EndPoint;
        Task first = acceptor.UnbindAsync(), second = acceptor.UnbindAsync();
        _loop.TurnUntil(() => first.IsCompleted && second.IsCompleted);
        foreach (Socket client in (Socket[])[queued, inBacklog, alsoInBacklog])
        {
            AcceptedSocket accepted = _accepted.Dequeue();
            Assert.Equal(client.LocalEndPoint, accepted.Remote);
            accepted.Close();
            Assert.Equal(0, client.Receive(new byte[1]));             // in order, not reset
        }
        Assert.Empty(_accepted);
        using Socket late = new(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(SocketError.ConnectionRefused, Assert.ThrowsAny<SocketException>(() => late.Connect(at)).SocketErrorCode);
    }

    [Fact]
    public void TheLoopsEndUnbinds()
    {
        Acceptor acceptor = Bind();
        _loop.Dispose();
        Assert.True(acceptor.Closed.IsCompleted);
        Assert.True(acceptor.UnbindAsync().IsCompleted);
    }

    [Fact]
    public void AStaleUnixSocketIsReplacedAndRemovedAtTheEnd()
    {
        using (Socket stale = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(_path));
            File.Move(_path, _path + ".kept");          // .NET removes what it bound; a killed process does not
        }

        File.Move(_path + ".kept", _path);
        Acceptor acceptor = Bind(new UnixDomainSocketEndPoint(_path));
        using Socket client = Connect(acceptor);
        Next().Close();
        Task unbound = acceptor.UnbindAsync();
        _loop.TurnUntil(() => unbound.IsCompleted);
        Assert.False(File.Exists(_path));
    }

    [Fact]
    public void AUnixSocketInUseIsLeftAlone()
    {
        Acceptor acceptor = Bind(new UnixDomainSocketEndPoint(_path));
        SocketException inUse = Assert.ThrowsAny<SocketException>(() => Bind(new UnixDomainSocketEndPoint(_path)));
        Assert.Equal(SocketError.AddressAlreadyInUse, inUse.SocketErrorCode);
        using Socket client = Connect(acceptor);
        Next().Close();
    }

    [Fact]
    public void AFileThatIsNoSocketIsLeftAlone()
    {
        File.WriteAllText(_path, "");
        Assert.ThrowsAny<SocketException>(() => Bind(new UnixDomainSocketEndPoint(_path)));
        Assert.True(File.Exists(_path));
    }

    [Fact]
    public void AnAddressInUseIsToldToTheCaller()
    {
        Acceptor acceptor = Bind();
        SocketException inUse = Assert.ThrowsAny<SocketException>(() => Bind(acceptor.EndPoint));
        Assert.Equal(SocketError.AddressAlreadyInUse, inUse.SocketErrorCode);
    }

    Acceptor Bind(EndPoint? at = null)
    {
        Acceptor acceptor = Acceptor.Bind(_loop, at ?? new IPEndPoint(IPAddress.Loopback, 0), backlog: 16, _accepted.Enqueue);
        _loop.Turn(TimeSpan.Zero);
        return acceptor;
    }

    static Socket Connect(Acceptor acceptor)
    {
        EndPoint at = acceptor.EndPoint;
        Socket client = new(at.AddressFamily, SocketType.Stream, at is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        client.Connect(at);
        return client;
    }

    AcceptedSocket Next()
    {
        _loop.TurnUntil(() => _accepted.Count > 0);
        return _accepted.Dequeue();
    }
}
