using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Transport.Tests.Sockets;

/// <summary>Several addresses of a server: the first that answers is taken (RFC 8305 section 5), and nothing of the others stays.</summary>
public sealed class RaceTest : IDisposable
{
    readonly FakeTimeProvider _clock = new();
    readonly EpollLoop _loop;
    readonly Waiter _waiter;
    readonly List<Socket> _sockets = [];

    public RaceTest()
    {
        _loop = new EpollLoop(_clock, Assert.Fail);
        _waiter = _loop.Enter();
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _waiter.AbortAll();
        _loop.Leave(_waiter);
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        Assert.Equal(0, _loop.Registered);
        _loop.Dispose();
    }

    [Fact]
    public void ADeadIPv6IsLeftForALiveIPv4AtOnce()
    {
        EndPoint live = Listen();
        DialResult result = Finish(Race(Refusing(IPAddress.IPv6Loopback), live));
        Assert.Equal((DialError.None, live), (result.Error, result.Leg!.Remote));
    }

    [Fact]
    public void OneThatSwallowsPacketsHasAHeadStartOfAQuarterSecond()
    {
        EndPoint live = Listen();
        Task<DialResult> race = Race(Swallowing(), live);
        Turn();
        Assert.Equal(1, _loop.Counts.Sockets);
        _clock.Advance(TimeSpan.FromMilliseconds(330));
        Assert.Equal(live, Finish(race).Leg!.Remote);
        Assert.Equal(1, _loop.Counts.Sockets);
    }

    [Fact]
    public void WhereAllRefuseTheLastSaysWhy()
    {
        DialResult result = Finish(Race(Refusing(IPAddress.IPv6Loopback), Refusing(IPAddress.Loopback)));
        Assert.Equal(DialError.Refused, result.Error);
    }

    [Fact]
    public void WhereAllAreSilentTheDeadlineEndsIt()
    {
        Task<DialResult> race = Race(Swallowing(), Swallowing());
        Turn();
        for (int i = 0; i < 16; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Turn();
        }
        Assert.Equal(DialError.Timeout, Finish(race).Error);
    }

    [Fact]
    public void ADrainEndsIt()
    {
        Task<DialResult> race = Race(Swallowing(), Swallowing());
        Turn();
        _loop.DrainAll();
        Assert.Equal(DialError.Aborted, Finish(race).Error);
    }

    Task<DialResult> Race(params EndPoint[] to) => new SocketDialler().DialAnyAsync(to, _waiter, _loop.In(TimeSpan.FromSeconds(15)), null).AsTask();

    DialResult Finish(Task<DialResult> race)
    {
        _loop.TurnUntil(() => race.IsCompleted);
        return race.GetAwaiter().GetResult();
    }

    void Turn()
    {
        for (int i = 0; i < 5; i++)
            _loop.Turn(TimeSpan.Zero);
    }

    EndPoint Listen() => Bound(IPAddress.Loopback, 5).LocalEndPoint!;

    EndPoint Refusing(IPAddress address)
    {
        using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket.LocalEndPoint!;
    }

    // Its queue is full: a SYN is dropped (tcp(7), somaxconn).
    EndPoint Swallowing()
    {
        Socket listening = Bound(IPAddress.Loopback, 0);
        for (int i = 0; i < 4; i++)
        {
            Socket filling = new(SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _sockets.Add(filling);
            try
            {
                filling.Connect(listening.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                continue;
            }
        }
        return listening.LocalEndPoint!;
    }

    Socket Bound(IPAddress address, int backlog)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen(backlog);
        return socket;
    }
}
