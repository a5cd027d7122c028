namespace SmtpTlsProxy.Transport.Loops;

using Microsoft.Extensions.Time.Testing;

public sealed class TimerWheelTests : IDisposable
{
    readonly FakeTimeProvider _time = new();
    readonly ManualLoop _loop;

    public TimerWheelTests() => _loop = new ManualLoop(_time);

    TimerWheel Wheel => _loop.Wheel;

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void ThousandsOfDeadlinesAreToldNeverEarlyAndAtTheFirstTurnBehind()
    {
        Random random = new(7);
        List<(Task<Wake> Wait, long Due)> waits = [];
        for (int i = 0; i < 5000; i++)
        {
            // Up to ten minutes: several times around the wheel.
            Deadline deadline = _loop.In(TimeSpan.FromMilliseconds(random.Next(0, 600_000)));
            waits.Add((_loop.Enter().NextAsync(deadline).AsTask(), deadline.Timestamp));
        }

        while (waits.Count > 0)
        {
            _loop.RunUntilIdle();
            long now = _time.GetTimestamp();
            Assert.All(waits, wait => Assert.Equal(wait.Due <= now, wait.Wait.IsCompleted));
            waits.RemoveAll(static wait => wait.Wait.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 20_000)));
        }

        Assert.Equal(0, Wheel.Count);
    }

    [Fact]
    public void ALoopThatSleepsUntilTheWheelWantsItTellsEachDeadlineWithinATick()
    {
        Random random = new(11);
        for (int i = 0; i < 300; i++)
        {
            Deadline deadline = _loop.In(TimeSpan.FromMilliseconds(random.Next(0, 200_000)));
            Task<Wake> wait = _loop.Enter().NextAsync(deadline).AsTask();
            while (!wait.IsCompleted)
            {
                long next = Wheel.NextTimestamp(_time.GetTimestamp());
                Assert.InRange(next - _time.GetTimestamp(), 0, TimeSpan.FromHours(1).Ticks);
                _time.Advance(TimeSpan.FromTicks(next - _time.GetTimestamp()));
                _loop.Turn(TimeSpan.Zero);
            }

            Assert.InRange(_time.GetTimestamp() - deadline.Timestamp, 0, TimeSpan.FromMilliseconds(64).Ticks);
        }
    }

    [Fact]
    public void ALaterDeadlineDoesNotMoveTheNode()
    {
        Waiter waiter = _loop.Enter();
        WaitInVain(waiter, TimeSpan.FromSeconds(10));
        int slot = waiter.TimerSlot;
        Task<Wake> wait = waiter.NextAsync(_loop.In(TimeSpan.FromSeconds(30))).AsTask();
        Assert.Equal(slot, waiter.TimerSlot);

        _time.Advance(TimeSpan.FromSeconds(11));
        _loop.RunUntilIdle();
        Assert.NotEqual(slot, waiter.TimerSlot);
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(19));
        _loop.RunUntilIdle();
        Assert.True(wait.Told().IsTimer);
    }

    [Fact]
    public void AnEarlierDeadlineMovesTheNodeAtOnce()
    {
        Waiter waiter = _loop.Enter();
        WaitInVain(waiter, TimeSpan.FromSeconds(30));
        Task<Wake> wait = waiter.NextAsync(_loop.In(TimeSpan.FromSeconds(1))).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        _loop.RunUntilIdle();
        Assert.True(wait.Told().IsTimer);
    }

    [Fact]
    public void AForgottenNodeLeavesWhenItsSlotComesRound()
    {
        Waiter waiter = _loop.Enter();
        WaitInVain(waiter, TimeSpan.FromSeconds(10));
        Task<Wake> wait = waiter.NextAsync(Deadline.Never).AsTask();
        Assert.Equal(1, Wheel.Count);
        _time.Advance(TimeSpan.FromSeconds(11));
        _loop.RunUntilIdle();
        Assert.Equal(0, Wheel.Count);
        Assert.Equal(long.MaxValue, Wheel.NextTimestamp(_time.GetTimestamp()));
        Assert.False(wait.IsCompleted);
    }

    [Fact]
    public void AJumpOverTheWholeWheelTellsEverything()
    {
        Task<Wake>[] waits = [.. Enumerable.Range(0, 100).Select(i => _loop.Enter().NextAsync(_loop.In(TimeSpan.FromSeconds(i * 7))).AsTask())];
        _time.Advance(TimeSpan.FromDays(3));
        _loop.RunUntilIdle();
        Assert.All(waits, static wait => Assert.True(wait.IsCompleted));
    }

    [Fact]
    public void ADeadlineOfDaysIsKept()
    {
        Task<Wake> wait = _loop.Enter().NextAsync(_loop.In(TimeSpan.FromDays(2))).AsTask();
        for (int hour = 0; hour < 48; hour++)
        {
            _loop.RunUntilIdle();
            Assert.False(wait.IsCompleted);
            _time.Advance(TimeSpan.FromHours(1));
        }

        _loop.RunUntilIdle();
        Assert.True(wait.IsCompleted);
    }

    [Fact]
    public void SpansWithoutAnEndAreNever()
    {
        Assert.True(_loop.In(Timeout.InfiniteTimeSpan).IsNever);
        Assert.True(_loop.In(TimeSpan.MaxValue).IsNever);
    }

    // A wait that octets end: its node stays where it was.
    void WaitInVain(Waiter waiter, TimeSpan span)
    {
        Task<Wake> wait = waiter.NextAsync(_loop.In(span)).AsTask();
        waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(wait.Told().HasOctets);
    }
}
