namespace SmtpTlsProxy.Transport.Loops;

using Microsoft.Extensions.Time.Testing;

public sealed class TurnTests : IDisposable
{
    readonly FakeTimeProvider _time = new();
    readonly ManualLoop _loop;
    readonly List<string> _order = [];

    public TurnTests() => _loop = new ManualLoop(_time);

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void WhoRequeuesRunsBehindThoseWhoWaitAlready()
    {
        Waiter pourer = _loop.Enter(), talker = _loop.Enter();
        _ = RepeatAsync(pourer, "pourer", static waiter => waiter.Requeue());
        _ = RepeatAsync(talker, "talker", static _ => { });
        pourer.SignalOctets();
        talker.SignalOctets();
        _loop.Turn(TimeSpan.Zero);
        talker.SignalOctets();
        _loop.Turn(TimeSpan.Zero);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(["pourer", "talker", "pourer", "talker", "pourer"], _order);
    }

    [Fact]
    public void ARequeuedWaiterDoesNotRunTwiceInATurn()
    {
        Waiter waiter = _loop.Enter();
        _ = RepeatAsync(waiter, "step", static waiter => waiter.Requeue());
        waiter.SignalOctets();
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(["step"], _order);
    }

    [Fact]
    public void FourHeavyStepsRunATurnBehindTheReadyOnes()
    {
        for (int i = 0; i < 10; i++)
        {
            Waiter waiter = _loop.Enter();
            waiter.Heavy();
            _ = RepeatAsync(waiter, "heavy", static _ => { });
        }

        Waiter light = _loop.Enter();
        _ = RepeatAsync(light, "light", static _ => { });
        light.SignalOctets();
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(["light", "heavy", "heavy", "heavy", "heavy"], _order);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(8, _order.Count(static step => step == "heavy"));
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(10, _order.Count(static step => step == "heavy"));
    }

    [Fact]
    public void OctetsForAHeavyWaiterDoNotLetItJumpTheQueue()
    {
        Waiter[] waiters = [.. Enumerable.Range(0, 6).Select(_ => _loop.Enter())];
        foreach (Waiter waiter in waiters)
        {
            waiter.Heavy();
            _ = RepeatAsync(waiter, "heavy", static _ => { });
        }

        waiters[5].SignalOctets();
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(4, _order.Count);
    }

    [Fact]
    public void PostsRunInOrderAndWhatTheyPostRunsNextTurn()
    {
        _loop.Post(() =>
        {
            _order.Add("first");
            _loop.Post(() => _order.Add("nested"));
        });
        _loop.Post(() => _order.Add("second"));
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(["first", "second"], _order);
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(["first", "second", "nested"], _order);
    }

    [Fact]
    public void AFaultInAPostIsToldAndDoesNotRunThePostAgain()
    {
        _loop.Post(static () => throw new FormatException());
        Assert.Throws<FormatException>(() => _loop.Turn(TimeSpan.Zero));
        _loop.Turn(TimeSpan.Zero);
    }

    [Fact]
    public void ALoopThatNeverRestsIsFoundOut()
    {
        Waiter waiter = _loop.Enter();
        _ = RepeatAsync(waiter, null, static waiter => waiter.Requeue());
        waiter.SignalOctets();
        Assert.Throws<InvalidOperationException>(_loop.RunUntilIdle);
    }

    [Fact]
    public void ATurnOverAHundredMillisecondsIsCounted()
    {
        _loop.Post(() => _time.Advance(TimeSpan.FromMilliseconds(99)));
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(0, _loop.LongTurns);
        _loop.Post(() => _time.Advance(TimeSpan.FromMilliseconds(100)));
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(1, _loop.LongTurns);
    }

    [Fact]
    public void TheClockIsReadOnceATurn()
    {
        long seen = 0;
        _loop.Post(() => _time.Advance(TimeSpan.FromMilliseconds(5)));
        _loop.Post(() => seen = _loop.Now);
        long before = _time.GetTimestamp();
        _loop.Turn(TimeSpan.Zero);
        Assert.Equal(before, seen);
        Assert.Equal(before, _loop.LastTurn);
    }

    [Fact]
    public void WhoHasLeftIsNotCountedAndNotToldOfDeadlines()
    {
        Waiter a = _loop.Enter(), b = _loop.Enter(), c = _loop.Enter();
        _ = RepeatAsync(b, "b", static _ => { }, _loop.In(TimeSpan.FromSeconds(1)));
        _loop.Leave(b);
        _loop.Leave(b);
        Assert.Equal(2, _loop.Sessions);
        _time.Advance(TimeSpan.FromSeconds(2));
        _loop.DrainAll();
        _loop.RunUntilIdle();
        Assert.Empty(_order);
        Assert.True(a.IsDraining && c.IsDraining && !b.IsDraining);
        _loop.Leave(c);
        _loop.Leave(a);
        Assert.True(_loop.Counts.IsZero);
    }

    async Task RepeatAsync(Waiter waiter, string? name, Action<Waiter> then, Deadline deadline = default)
    {
        while (true)
        {
            await waiter.NextAsync(deadline);
            if (name is not null)
                _order.Add(name);
            then(waiter);
        }
    }
}
