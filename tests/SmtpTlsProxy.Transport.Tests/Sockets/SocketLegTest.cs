using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Transport.Tests.Legs;

namespace SmtpTlsProxy.Transport.Tests.Sockets;

/// <summary>The leg over a real socket, on a loop that the test turns.</summary>
public sealed class SocketLegTest : IDisposable
{
    readonly EpollLoop _loop = new(TimeProvider.System, Assert.Fail);
    readonly Waiter _waiter;
    SocketPair _pair;
    Leg _leg;

    public SocketLegTest()
    {
        _waiter = _loop.Enter();
        _pair = SocketPair.Unix(_loop, _waiter);
        _leg = new Leg(_waiter, _pair.Wire, LegBench.Nowhere, LegBench.Nowhere);
        _loop.Turn(TimeSpan.Zero);
    }

    public void Dispose()
    {
        _pair.Peer.Dispose();
        _waiter.AbortAll();
        _loop.Leave(_waiter);
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        _loop.Dispose();
    }

    [Fact]
    public void OctetsThatEpollHasNotToldYetAreSeenBeforeTheUpgrade_Rule3_3()
    {
        Assert.True(_leg.InputIsEmpty());
        _pair.Peer.Send("MAIL FROM:<x>\r\n"u8);
        Assert.False(_leg.InputIsEmpty());
    }

    [Fact]
    public void WhoHasPeekedIsWokenByWhatFollows()
    {
        _pair.Peer.Send("PROXY UNK"u8);
        _loop.Turn(TimeSpan.Zero);
        byte[] peeked = new byte[100];
        Assert.Equal(9, _leg.Peek(peeked));
        Task<Wake> wake = Next();
        _loop.RunUntilIdle();
        wake = wake.IsCompleted ? Next() : wake;
        Assert.False(wake.IsCompleted);
        _pair.Peer.Send("NOWN\r\nEHLO"u8);
        _loop.RunUntilIdle();
        Assert.True(wake.IsCompleted);
        Assert.Equal(19, _leg.Peek(peeked));
        _leg.Skip(15);
        Assert.Equal(ReadStatus.Data, _leg.TryRead(out ReadOnlySpan<byte> lent));
        Assert.Equal("EHLO"u8, lent);
    }

    [Fact]
    public void SkippingRightBehindALookNeedsNoEdge()
    {
        _pair.Peer.Send("PROXY UNKNOWN\r\n"u8);
        Assert.Equal(15, _leg.Peek(new byte[100]));
        _leg.Skip(15);
        Assert.True(_leg.InputIsEmpty());
    }

    [Fact]
    public void AFullKernelStopsTheWriterAndAnEdgeLetsItGoOn()
    {
        byte[] octets = LegBench.Octets(60 * 1024);
        int writes = 0;
        for (; _leg.CanWrite; writes++)
            _leg.Write(octets);
        Assert.False(_pair.Wire.IsWritable);
        byte[] heard = Hear(writes * octets.Length);
        Assert.Equal(0, _leg.Unsent);
        for (int i = 0; i < writes; i++)
            Assert.True(heard.AsSpan(i * octets.Length, octets.Length).SequenceEqual(octets));
    }

    [Fact]
    public void AResetByThePeerIsLost()
    {
        UseTcp();
        _pair.Peer.LingerState = new LingerOption(true, 0);
        _pair.Peer.Dispose();
        _loop.TurnUntil(() => _leg.ProbeEnd() is ReadStatus.Lost);
        Assert.Equal(ReadStatus.Lost, _leg.TryRead(out _));
    }

    [Fact]
    public void AResetIsSeenBehindOctetsThatWait()
    {
        UseTcp();
        _pair.Peer.Send("EHLO a\r\n"u8);
        _loop.TurnUntil(() => _leg.ProbeEnd() is ReadStatus.Data);
        _pair.Peer.LingerState = new LingerOption(true, 0);
        _pair.Peer.Dispose();
        _loop.TurnUntil(() => _leg.ProbeEnd() is ReadStatus.Lost);
    }

    [Fact]
    public void AResetDoesNotHideARestFromTheUpgrade_Rule3_3()
    {
        UseTcp();
        _pair.Peer.Send("STARTTLS\r\nMAIL"u8);
        _loop.TurnUntil(() => _leg.TryRead(out _) is ReadStatus.Data);
        _leg.Consume(10);
        _pair.Peer.LingerState = new LingerOption(true, 0);
        _pair.Peer.Dispose();
        _loop.TurnUntil(() => _leg.ProbeEnd() is ReadStatus.Lost);
        Assert.False(_leg.InputIsEmpty());
    }

    [Fact]
    public void TheLastWordsAreHeardOverInputThatNobodyRead_Rule6_6()
    {
        UseTcp();
        _pair.Peer.Send(LegBench.Octets(50_000));
        _leg.Write("421 4.3.2 bye\r\n"u8);
        Task closed = Start(() => _leg.CloseAsync(TimeSpan.FromSeconds(20)));
        byte[] room = new byte[100];
        _pair.Peer.Blocking = true;
        Assert.Equal("421 4.3.2 bye\r\n", Encoding.ASCII.GetString(room, 0, _pair.Peer.Receive(room)));
        Assert.Equal(0, _pair.Peer.Receive(room));
        _pair.Peer.Dispose();
        _loop.TurnUntil(() => closed.IsCompleted);
    }

    [Fact]
    public void AnAbortIsAResetToThePeer()
    {
        UseTcp();
        _leg.Abort();
        _pair.Peer.Blocking = true;
        SocketException e = Assert.Throws<SocketException>(() => _pair.Peer.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
    }

    [Theory, InlineData(System.Security.Authentication.SslProtocols.Tls12), InlineData(System.Security.Authentication.SslProtocols.Tls13)]
    public void AnotherTlsStackIsUnderstood(System.Security.Authentication.SslProtocols version)
    {
        using TlsContext context = LegPair.ServerContext();
        Task<HandshakeResult> server = Start(async () => await _leg.UpgradeAsync(context, null, LegPair.Limit));
        _pair.Peer.Blocking = true;
        using SslStream peer = new(new NetworkStream(_pair.Peer), false, (_, _, _, _) => true);
        SslClientAuthenticationOptions options = new() { TargetHost = "mail.test", EnabledSslProtocols = version };
        Task client = peer.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
        _loop.TurnUntil(() => client.IsCompleted && server.IsCompleted);
        Assert.True(LegPair.Done(server).Succeeded);
        _leg.Write("220 mail.test\r\n"u8);
        _leg.Flush();
        byte[] room = new byte[100];
        Assert.Equal("220 mail.test\r\n", Encoding.ASCII.GetString(room, 0, peer.Read(room)));
        Task closed = Start(() => _leg.CloseAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, peer.Read(room));
        peer.Dispose();
        _pair.Peer.Dispose();
        _loop.TurnUntil(() => closed.IsCompleted);
    }

    void UseTcp()
    {
        _leg.Abort();
        _pair.Peer.Dispose();
        _pair = SocketPair.Tcp(_loop, _waiter);
        _leg = new Leg(_waiter, _pair.Wire, LegBench.Nowhere, LegBench.Nowhere);
    }

    Task<Wake> Next() => Start(() => _waiter.NextAsync(Deadline.Never));

    Task Start(Func<ValueTask> work) => Start(async () =>
    {
        await work();
        return true;
    });

    Task<T> Start<T>(Func<ValueTask<T>> work)
    {
        Task<T>? started = null;
        _loop.Post(() => started = work().AsTask());
        _loop.Turn(TimeSpan.Zero);
        return started!;
    }

    byte[] Hear(int count)
    {
        byte[] heard = new byte[count];
        int at = 0;
        _loop.TurnUntil(() =>
        {
            int now = _pair.Peer.Receive(heard.AsSpan(at), SocketFlags.None, out SocketError error);
            at += error is SocketError.Success ? now : 0;
            _leg.Flush();
            return at == count;
        });
        return heard;
    }
}
