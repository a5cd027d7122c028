using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Transport.Tests.Legs;

namespace SmtpTlsProxy.Transport.Tests.Sockets;

public sealed class SocketDiallerTest : IDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    readonly FakeTimeProvider _clock = new();
    readonly EpollLoop _loop;
    readonly Waiter _waiter;
    readonly MemoryWire _client = new();
    readonly Leg _watch;
    readonly List<Socket> _sockets = [];

    public SocketDiallerTest()
    {
        _loop = new EpollLoop(_clock, Assert.Fail);
        _waiter = _loop.Enter();
        _client.Edge = _waiter.SignalOctets;
        _watch = new Leg(_waiter, _client, LegBench.Nowhere, LegBench.Nowhere);
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

    [Theory, InlineData("127.0.0.1"), InlineData("::1")]
    public void AListeningAddressAnswers(string address)
    {
        Socket listening = Listen(new IPEndPoint(IPAddress.Parse(address), 0));
        DialResult result = Finish(Dial(listening.LocalEndPoint!));
        Assert.Equal((DialError.None, ""), (result.Error, result.Detail));
        using Socket accepted = listening.Accept();
        Assert.Equal(accepted.RemoteEndPoint, result.Leg!.Local);
        Assert.Equal(listening.LocalEndPoint, result.Leg.Remote);
        accepted.Send("220 hi\r\n"u8);
        _loop.TurnUntil(() => result.Leg.TryRead(out _) is ReadStatus.Data);
    }

    [Fact]
    public void AUnixSocketAnswers()
    {
        string path = Path.Combine(Path.GetTempPath(), $"dial-{Guid.NewGuid():N}");
        Socket listening = Listen(new UnixDomainSocketEndPoint(path));
        DialResult result = Finish(Dial(listening.LocalEndPoint!));
        Assert.Equal(DialError.None, result.Error);
        using Socket accepted = listening.Accept();
        result.Leg!.Write("EHLO a\r\n"u8);
        result.Leg.Flush();
        byte[] room = new byte[20];
        Assert.Equal(8, accepted.Receive(room));
        File.Delete(path);
    }

    [Fact]
    public void WhereNobodyListensItIsRefused()
    {
        Socket listening = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint gone = listening.LocalEndPoint!;
        listening.Dispose();
        DialResult result = Finish(Dial(gone));
        Assert.Equal((null, DialError.Refused), (result.Leg, result.Error));
        Assert.Equal("Connection refused", result.Detail);
    }

    [Fact]
    public void AMissingUnixSocketIsRefused()
    {
        DialResult result = Finish(Dial(new UnixDomainSocketEndPoint("/nonexistent/socket")));
        Assert.Equal(DialError.Refused, result.Error);
    }

    [Fact]
    public void WhereNoWayLeadsItIsUnreachable()
    {
        // A TCP connection to a multicast group does not exist (RFC 9293 section 3.9.2.3).
        DialResult result = Finish(Dial(new IPEndPoint(IPAddress.Parse("224.0.0.1"), 25)));
        Assert.Equal(DialError.Unreachable, result.Error);
    }

    [Fact]
    public void ASilentAddressIsTimedOut()
    {
        Task<DialResult> dial = Dial(Silent());
        Assert.False(dial.IsCompleted);
        _clock.Advance(s_limit - TimeSpan.FromSeconds(1));
        _loop.RunUntilIdle();
        Assert.False(dial.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        _loop.RunUntilIdle();
        Assert.Equal(DialError.Timeout, LegPair.Done(dial).Error);
    }

    [Fact]
    public void AClientsResetStopsIt()
    {
        Task<DialResult> dial = Dial(Silent());
        _client.Reset();
        _loop.RunUntilIdle();
        Assert.Equal(DialError.ClientLost, LegPair.Done(dial).Error);
    }

    [Fact]
    public void AClientsEndWithoutAnOctetStopsIt()
    {
        Task<DialResult> dial = Dial(Silent());
        _client.End();
        _loop.RunUntilIdle();
        Assert.Equal(DialError.ClientLost, LegPair.Done(dial).Error);
        Assert.Equal(ReadStatus.End, _watch.ProbeEnd());
    }

    [Fact]
    public void AClientThatTalksAndThenEndsIsServed_Rule6_6()
    {
        Task<DialResult> dial = Dial(Silent());
        _client.Feed("QUIT\r\n"u8);
        _client.End();
        _loop.RunUntilIdle();
        Assert.False(dial.IsCompleted);
        _clock.Advance(s_limit * 2);
        _loop.RunUntilIdle();
        Assert.Equal(DialError.Timeout, LegPair.Done(dial).Error);
    }

    [Fact]
    public void NobodyIsDialledForAClientThatHasLeft()
    {
        _client.Reset();
        Assert.Equal(DialError.ClientLost, LegPair.Done(Dial(Silent())).Error);
    }

    [Fact]
    public void ADrainStopsIt()
    {
        Task<DialResult> dial = Dial(Silent());
        _loop.DrainAll();
        _loop.RunUntilIdle();
        Assert.Equal(DialError.Aborted, LegPair.Done(dial).Error);
    }

    [Fact]
    public void AnAbortStopsIt()
    {
        Task<DialResult> dial = Dial(Silent());
        _loop.AbortAll();
        _loop.RunUntilIdle();
        Assert.Equal(DialError.Aborted, LegPair.Done(dial).Error);
    }

    Task<DialResult> Dial(EndPoint to)
    {
        Task<DialResult>? dial = null;
        _loop.Post(() => dial = new SocketDialler().DialAsync(to, _waiter, _loop.In(s_limit), _watch).AsTask());
        _loop.RunUntilIdle();
        return dial!;
    }

    DialResult Finish(Task<DialResult> dial)
    {
        _loop.TurnUntil(() => dial.IsCompleted);
        return LegPair.Done(dial);
    }

    Socket Listen(EndPoint at, int backlog = 10)
    {
        Socket listening = new(at.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(listening);
        listening.Bind(at);
        listening.Listen(backlog);
        return listening;
    }

    // A full accept queue answers no SYN.
    IPEndPoint Silent()
    {
        Socket listening = Listen(new IPEndPoint(IPAddress.Loopback, 0), backlog: 0);
        for (int i = 0; i < 4; i++)
        {
            Socket filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _sockets.Add(filler);
            _ = filler.ConnectAsync(listening.LocalEndPoint!);
        }

        return (IPEndPoint)listening.LocalEndPoint!;
    }
}
