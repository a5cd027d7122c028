namespace SmtpTlsProxy.Transport.Loops;

using Microsoft.Extensions.Time.Testing;

public sealed class WaiterTests : IDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    readonly FakeTimeProvider _time = new();
    readonly ManualLoop _loop;
    readonly Waiter _waiter;

    public WaiterTests()
    {
        _loop = new ManualLoop(_time);
        _waiter = _loop.Enter();
    }

    public void Dispose()
    {
        _loop.Leave(_waiter);
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        _loop.Dispose();
    }

    [Fact]
    public void AWaitNeverCompletesInsideTheCallThatSignals()
    {
        Task<Wake> wait = Next();
        _waiter.SignalOctets();
        Assert.False(wait.IsCompleted);
        _loop.Turn(TimeSpan.Zero);
        Assert.True(wait.Told().HasOctets);
    }

    [Fact]
    public void WhatCameBeforeTheWaitCompletesItButNotSynchronously()
    {
        _waiter.SignalOctets();
        Task<Wake> wait = Next();
        Assert.False(wait.IsCompleted);
        _loop.Turn(TimeSpan.Zero);
        Assert.True(wait.Told().HasOctets);
    }

    [Fact]
    public void SeveralSignalsAreOneWake()
    {
        Task<Wake> first = Next();
        _waiter.SignalOctets();
        _waiter.SignalOctets();
        _waiter.Signal(Wake.Flags.Post);
        _loop.RunUntilIdle();
        Assert.True(first.Told() is { HasOctets: true, IsPost: true });
        Task<Wake> second = Next();
        _loop.RunUntilIdle();
        Assert.False(second.IsCompleted);
        Finish(second);
    }

    [Fact]
    public void TheDeadlineIsToldWhenItHasPassedAndNotBefore()
    {
        Task<Wake> wait = Next();
        _time.Advance(s_limit - TimeSpan.FromTicks(1));
        _loop.RunUntilIdle();
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        _loop.RunUntilIdle();
        Assert.True(wait.Told() is { IsTimer: true, HasOctets: false });
    }

    [Fact]
    public void OctetsBeatATimerOfTheSameTurn()
    {
        Task<Wake> wait = Next();
        _time.Advance(s_limit * 2);
        _waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(wait.Told() is { HasOctets: true, IsTimer: false });
    }

    [Fact]
    public void ADeadlineThatHasPassedAlreadyIsToldInTheNextTurn()
    {
        Task<Wake> wait = _waiter.NextAsync(Deadline.At(1)).AsTask();
        _loop.Turn(TimeSpan.Zero);
        Assert.True(wait.Told().IsTimer);
    }

    [Fact]
    public void TheDeadlineOfAnEarlierWaitIsForgotten()
    {
        Task<Wake> first = Next();
        _waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(first.IsCompleted);
        Task<Wake> second = _waiter.NextAsync(Deadline.Never).AsTask();
        _time.Advance(s_limit * 2);
        _loop.RunUntilIdle();
        Assert.False(second.IsCompleted);
        Finish(second);
    }

    [Fact]
    public void DrainWakesOnceAndIsToldWithEveryLaterWake()
    {
        Task<Wake> first = Next();
        _loop.DrainAll();
        _loop.RunUntilIdle();
        Assert.True(first.Told().IsDrain);
        Task<Wake> second = Next();
        _loop.RunUntilIdle();
        Assert.False(second.IsCompleted);
        _waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(second.Told() is { IsDrain: true, HasOctets: true });
        Assert.True(_waiter.Start is { IsStart: true, IsDrain: true });
    }

    [Fact]
    public void DrainIsToldToWaitersThatEnterLater()
    {
        _loop.DrainAll();
        Waiter late = _loop.Enter();
        Task<Wake> wait = late.NextAsync(Deadline.Never).AsTask();
        _loop.RunUntilIdle();
        Assert.True(wait.Told().IsDrain);
        Assert.True(late.IsDraining);
        _loop.Leave(late);
    }

    [Fact]
    public void AbortCompletesEveryWait()
    {
        _loop.AbortAll();
        for (int i = 0; i < 3; i++)
        {
            Task<Wake> wait = Next();
            _loop.RunUntilIdle();
            Assert.True(wait.Told().IsAbort);
        }

        Assert.True(_waiter.IsAborted);
    }

    [Fact]
    public void AWaiterHasOneWaitAtATime()
    {
        Task<Wake> wait = Next();
        Assert.Throws<InvalidOperationException>(() => _waiter.NextAsync(Deadline.Never));
        Finish(wait);
    }

    [Fact]
    public void AnotherThreadMayNotWait() =>
        Assert.IsType<InvalidOperationException>(Elsewhere.Run(() => Record.Exception(() => { _ = _waiter.NextAsync(Deadline.Never); })));

    [Fact]
    public void TheTwoLegsAreAbortedTogether()
    {
        AbortCounter first = new(), second = new();
        _waiter.Attach(first);
        _waiter.Attach(second);
        Assert.Throws<InvalidOperationException>(() => _waiter.Attach(new AbortCounter()));
        _waiter.Detach(first);
        _waiter.AbortAll();
        Assert.Equal((0, 1), (first.Aborts, second.Aborts));
    }

    [Fact]
    public void WaitingAllocatesNothing()
    {
        Task session = WakeForEverAsync();
        Turns(2000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Turns(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        _loop.AbortAll();
        _loop.RunUntilIdle();
        Assert.True(session.IsCompletedSuccessfully);
    }

    async Task WakeForEverAsync()
    {
        while (!(await _waiter.NextAsync(_loop.In(s_limit))).IsAbort)
        {
        }
    }

    void Turns(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _waiter.SignalOctets();
            _loop.Turn(TimeSpan.Zero);
        }
    }

    Task<Wake> Next() => _waiter.NextAsync(_loop.In(s_limit)).AsTask();

    void Finish(Task<Wake> wait)
    {
        _waiter.SignalOctets();
        _loop.RunUntilIdle();
        Assert.True(wait.IsCompleted);
    }

    sealed class AbortCounter : IAbortable
    {
        internal int Aborts { get; private set; }

        public void Abort() => Aborts++;
    }
}
