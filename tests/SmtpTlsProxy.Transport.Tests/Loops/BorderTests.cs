namespace SmtpTlsProxy.Transport.Loops;

using Microsoft.Extensions.Time.Testing;

public sealed class BorderTests : IDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    readonly ManualLoop _loop = new(new FakeTimeProvider());

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void ForeignWorkRunsOnThePoolAndSignalsTheWaiterWhenItIsBack()
    {
        Waiter waiter = _loop.Enter();
        ForeignWork<bool> work = _loop.Foreign(waiter, static async _ =>
        {
            await Task.Yield();
            return Thread.CurrentThread.IsThreadPoolThread;
        });
        Task<Wake> wait = waiter.NextAsync(Deadline.Never).AsTask();
        Assert.False(work.IsDone);
        _loop.RunUntil(() => wait.IsCompleted, s_limit);
        Assert.True(wait.Told().IsPost);
        Assert.True(work.IsDone && work.Result);
    }

    [Fact]
    public void ForeignWorkIsNotDoneUntilTheLoopWasTold()
    {
        using ManualResetEventSlim ran = new();
        ForeignWork<int> work = _loop.Foreign(_loop.Enter(), _ =>
        {
            ran.Set();
            return Task.FromResult(5);
        });
        ran.Wait(s_limit, TestContext.Current.CancellationToken);
        Assert.False(work.IsDone);
        Assert.Throws<InvalidOperationException>(() => work.Result);
        _loop.RunUntil(() => work.IsDone, s_limit);
        Assert.Equal(5, work.Result);
    }

    [Fact]
    public void ForeignWorkThrowsWhatItThrewWhenItIsAsked()
    {
        ForeignWork<int> work = _loop.Foreign<int>(_loop.Enter(), static _ => throw new FormatException());
        _loop.RunUntil(() => work.IsDone, s_limit);
        Assert.Throws<FormatException>(() => work.Result);
    }

    [Fact]
    public void ForeignWorkCanBeCancelled()
    {
        ForeignWork<int> work = _loop.Foreign(_loop.Enter(), static async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return 0;
        });
        work.Cancel();
        _loop.RunUntil(() => work.IsDone, s_limit);
        Assert.ThrowsAny<OperationCanceledException>(() => work.Result);
    }

    [Fact]
    public void ForeignWorkForASessionThatHasLeftDisturbsNobody()
    {
        Waiter waiter = _loop.Enter();
        ForeignWork<int> work = _loop.Foreign(waiter, static _ => Task.FromResult(1));
        _loop.Leave(waiter);
        _loop.RunUntil(() => work.IsDone, s_limit);
        Assert.True(_loop.Counts.IsZero);
    }

    [Fact]
    public void ACallRunsOnTheLoopAndCompletesOnThePool()
    {
        Waiter waiter = _loop.Enter();
        bool onLoop = false;
        int loopThread = Environment.CurrentManagedThreadId;
        Task<int> outside = Task.Run(async () =>
        {
            int result = await _loop.Call(async () =>
            {
                await waiter.NextAsync(Deadline.Never);
                onLoop = _loop.IsCurrent;
                return 7;
            });
            Assert.NotEqual(loopThread, Environment.CurrentManagedThreadId);
            return result;
        });
        waiter.SignalOctets();
        _loop.RunUntil(() => outside.IsCompleted, s_limit);
        Assert.True(onLoop);
        Assert.Equal(7, outside.Told());
    }

    [Fact]
    public void ACallThrowsWhatItsWorkThrew()
    {
        Task<int> call = _loop.Call<int>(static () => throw new FormatException());
        _loop.RunUntilIdle();
        Assert.IsType<FormatException>(call.Exception?.InnerException);
    }

    [Fact]
    public void NothingThatAnAcceptCarriedFlowsToTheLoop()
    {
        AsyncLocal<string> carried = new() { Value = "outside" };
        string? seen = "not run";
        Thread thread = new(() => { carried.Value = "other"; _loop.Post(() => seen = carried.Value); });
        thread.Start();
        thread.Join();
        using (ExecutionContext.SuppressFlow())
            carried.Value = null!;
        _loop.RunUntilIdle();
        Assert.Null(seen);
    }

    [Fact]
    public void WhenTheLoopHasStoppedACallIsCancelled()
    {
        ManualLoop stopped = new(TimeProvider.System);
        stopped.Dispose();
        Assert.True(stopped.Call(static () => Task.FromResult(1)).IsCanceled);
        stopped.Post(() => Assert.Fail("it runs"));
    }
}
