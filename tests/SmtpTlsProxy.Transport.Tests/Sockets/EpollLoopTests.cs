namespace SmtpTlsProxy.Transport.Sockets;

using System.Net.Sockets;
using SmtpTlsProxy.Transport.Loops;

public sealed class EpollLoopTests
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void APourerDoesNotStarveTheTalkersOfItsLoop()
    {
        using EpollLoop loop = new(TimeProvider.System, Assert.Fail);
        Waiter pourer = loop.Enter();
        using SocketPair pouring = SocketPair.Unix(loop, pourer);
        _ = PourAsync(pourer, pouring.Wire);
        Waiter[] talkers = [.. Enumerable.Range(0, 5).Select(_ => loop.Enter())];
        SocketPair[] talking = [.. talkers.Select(talker => SocketPair.Unix(loop, talker))];
        for (int i = 0; i < talkers.Length; i++)
            _ = EchoAsync(talkers[i], talking[i].Wire);

        byte[] flood = new byte[1 << 16], answer = new byte[1];
        pouring.Peer.SendBufferSize = 1 << 18;
        for (int turn = 0; turn < 50; turn++)
        {
            Pour(pouring.Peer, flood);
            foreach (SocketPair talker in talking)
                talker.Peer.Send("a"u8);
            loop.Turn(TimeSpan.Zero);
            Assert.All(talking, talker => Assert.Equal(1, talker.Peer.Receive(answer)));
        }

        Assert.True(pouring.Wire.IsReadable);
        Array.ForEach(talking, static pair => pair.Dispose());
    }

    [Fact]
    public void AnEventForWhoWasClosedInTheSameBatchIsDropped()
    {
        using EpollLoop loop = new(TimeProvider.System, Assert.Fail);
        Waiter waiter = loop.Enter();
        using SocketPair a = SocketPair.Unix(loop, waiter), b = SocketPair.Unix(loop, waiter);
        // Whichever is told first closes the other.
        Closer first = new(loop, a.Peer), second = new(loop, b.Peer);
        first.Other = second;
        second.Other = first;
        a.Wire.Send("x"u8);
        b.Wire.Send("x"u8);
        loop.Turn(TimeSpan.Zero);
        Assert.Equal(1, first.Told + second.Told);
    }

    [Fact]
    public async Task APostWakesALoopThatWaits()
    {
        using EpollLoop loop = new(TimeProvider.System, Assert.Fail);
        loop.Start("test");
        for (int i = 0; i < 200; i++)
            Assert.True(await loop.Call(() => Task.FromResult(loop.IsCurrent)).WaitAsync(s_limit, Token));
        Assert.False(loop.IsCurrent);
    }

    [Fact]
    public async Task ADeadlineWakesALoopThatWaits()
    {
        using EpollLoop loop = new(TimeProvider.System, Assert.Fail);
        loop.Start("test");
        TimeSpan took = await loop.Call(async () =>
        {
            long start = loop.Time.GetTimestamp();
            Wake wake = await loop.Enter().NextAsync(loop.In(TimeSpan.FromMilliseconds(30)));
            Assert.True(wake.IsTimer);
            return loop.Time.GetElapsedTime(start);
        }).WaitAsync(s_limit, Token);
        Assert.InRange(took, TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task StoppingAbortsSessionsLetsThemLeaveAndJoinsTheThread()
    {
        EpollLoop loop = new(TimeProvider.System, Assert.Fail);
        loop.Start("test");
        TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> session = loop.Call(async () =>
        {
            Waiter waiter = loop.Enter();
            SocketPair.Unix(loop, waiter);
            waits.SetResult();
            while (!(await waiter.NextAsync(Deadline.Never)).IsAbort)
            {
            }

            loop.Leave(waiter);
            return true;
        });
        await waits.Task.WaitAsync(s_limit, Token);
        loop.Stop();
        loop.Stop();
        Assert.True(await session.WaitAsync(s_limit, Token));
        Assert.True(loop.Counts.IsZero, loop.Counts.ToString());
        Assert.True(loop.Call(static () => Task.FromResult(1)).IsCanceled);
        loop.Dispose();
    }

    [Fact]
    public async Task AFaultInAPostIsWarnedAboutAndTheLoopGoesOn()
    {
        TaskCompletionSource<string> warned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using EpollLoop loop = new(TimeProvider.System, message => warned.TrySetResult(message));
        loop.Start("test");
        loop.Post(static () => throw new FormatException("bad post"));
        Assert.Contains("bad post", await warned.Task.WaitAsync(s_limit, Token));
        Assert.Equal(1, await loop.Call(static () => Task.FromResult(1)).WaitAsync(s_limit, Token));
    }

    [Fact]
    public async Task ABurstIsSpreadOverTheLoopsBeforeAnyOfItHasEntered()
    {
        // The loops stand still on purpose, and warn of that.
        using LoopGroup group = new(2, TimeProvider.System, static _ => { });
        using ManualResetEventSlim go = new();
        using CountdownEvent stand = new(2);
        foreach (EpollLoop loop in group.Loops)
        {
            loop.Post(() =>
            {
                stand.Signal();
                go.Wait(s_limit);
            });
        }

        // Both loops stand still: nothing they count can change.
        Assert.True(stand.Wait(s_limit, Token));
        Loop[] given = [.. Enumerable.Range(0, 10).Select(_ => group.LeastLoaded())];
        go.Set();
        Assert.Equal(5, given.Count(loop => loop == group.Loops[0]));
        group.DrainAll();
        foreach (EpollLoop loop in group.Loops)
            Assert.True(await loop.Call(() => Task.FromResult(loop.Enter().IsDraining)).WaitAsync(s_limit, Token));
        Assert.Equal(2 + given.Length, group.Sessions);     // who is on the way counts: a drain waits for it
        Assert.InRange(group.OldestTurnAge, TimeSpan.Zero, s_limit);
    }

    static void Pour(Socket peer, byte[] flood)
    {
        while (peer.Poll(0, SelectMode.SelectWrite) && peer.Send(flood, SocketFlags.None, out _) > 0)
        {
        }
    }

    static async Task PourAsync(Waiter waiter, SocketWire wire)
    {
        byte[] budget = new byte[1 << 16];
        do
        {
            wire.Receive(budget);
            if (wire.IsReadable)
                waiter.Requeue();
        } while (!(await waiter.NextAsync(Deadline.Never)).IsAbort);
    }

    static async Task EchoAsync(Waiter waiter, SocketWire wire)
    {
        byte[] octets = new byte[16];
        do
        {
            int count = wire.Receive(octets);
            if (count > 0)
                wire.Send(octets.AsSpan(0, count));
        } while (!(await waiter.NextAsync(Deadline.Never)).IsAbort);
    }

    sealed class Closer : IEpollSource
    {
        readonly EpollLoop _loop;
        readonly ulong _key;

        internal Closer(EpollLoop loop, Socket own)
        {
            _loop = loop;
            _key = loop.Register(this, (int)own.Handle, Libc.EPOLLIN | Libc.EPOLLET);
        }

        internal Closer? Other { get; set; }

        internal int Told { get; private set; }

        public void OnEvents(uint events)
        {
            Told++;
            _loop.Unregister(Other!._key);
        }

        public void LoopEnds()
        {
        }
    }
}
