using Microsoft.Extensions.Time.Testing;

namespace SmtpTlsProxy.Lifetime;

public class DrainTest
{
    readonly FakeTimeProvider _time = new();
    readonly List<string> _steps = [];
    int _sessions;

    Drain New() => new(() => _steps.Add("drain all"), () => _steps.Add("abort all"), () => _sessions, _time, warning => _steps.Add(warning));

    [Fact]
    public async Task WithoutSessionsADrainIsOverAtOnce()
    {
        Drain drain = New();
        Assert.Equal(0, (await drain.DrainAsync(TimeSpan.FromSeconds(25))).Aborted);
        Assert.Equal(["drain all"], _steps);
    }

    [Fact]
    public async Task ListenersStopBeforeSessionsAreTold()
    {
        Drain drain = New();
        drain.First(() =>
        {
            _steps.Add(drain.IsDraining ? "stop accepting" : "too early");
            return Task.CompletedTask;
        });
        await drain.DrainAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(["stop accepting", "drain all"], _steps);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task AFirstStepThatThrowsSkipsNoOther(bool atOnce)
    {
        Drain drain = New();
        drain.First(() => atOnce ? throw new InvalidOperationException("no") : Task.FromException(new InvalidOperationException("no")));
        drain.First(() => { _steps.Add("stop accepting"); return Task.CompletedTask; });
        Assert.Equal(0, (await drain.DrainAsync(TimeSpan.FromSeconds(25))).Aborted);
        Assert.Equal(["Drain: a first step failed: no", "stop accepting", "drain all"], _steps);
    }

    [Fact]
    public async Task AFirstStepThatHangsIsPassedOverAtTheDeadline()
    {
        _sessions = 1;
        Drain drain = New();
        drain.First(() => new TaskCompletionSource().Task);
        Task<DrainOutcome> drained = drain.DrainAsync(TimeSpan.FromSeconds(25));
        Pass(TimeSpan.FromSeconds(24.9));
        Assert.Empty(_steps);
        Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal(["Drain: a first step has not ended in time; going on without it.", "drain all", "abort all"], _steps);
        _sessions = 0;
        Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, (await drained).Aborted);
    }

    [Fact]
    public async Task ItWaitsForTheLastSession()
    {
        _sessions = 2;
        Drain drain = New();
        Task<DrainOutcome> drained = drain.DrainAsync(TimeSpan.FromSeconds(25));
        Pass(TimeSpan.FromSeconds(20));
        Assert.False(drained.IsCompleted);
        _sessions = 0;
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(0, (await drained).Aborted);
        Assert.DoesNotContain("abort all", _steps);
    }

    [Fact]
    public async Task WhatIsLeftAtTheDeadlineIsAborted()
    {
        _sessions = 3;
        Drain drain = New();
        Task<DrainOutcome> drained = drain.DrainAsync(TimeSpan.FromSeconds(25));
        Pass(TimeSpan.FromSeconds(24.9));
        Assert.DoesNotContain("abort all", _steps);
        Pass(TimeSpan.FromSeconds(0.1));
        Assert.Contains("abort all", _steps);
        _sessions = 0;
        Pass(TimeSpan.FromSeconds(0.1));
        Assert.Equal(3, (await drained).Aborted);
    }

    [Fact]
    public async Task ASessionThatDoesNotEvenHeedAnAbortHoldsNothingUp()
    {
        _sessions = 1;
        Task<DrainOutcome> drained = New().DrainAsync(TimeSpan.FromSeconds(25));
        Pass(TimeSpan.FromSeconds(27.1));
        Assert.Equal(1, (await drained).Aborted);
    }

    [Fact]
    public void WhoAsksAgainHearsOfTheSameDrain()
    {
        _sessions = 1;
        Drain drain = New();
        Assert.Same(drain.DrainAsync(TimeSpan.FromSeconds(25)), drain.DrainAsync(TimeSpan.Zero));
        Assert.Single(_steps);
    }

    [Fact]
    public async Task ADrainIsSticky()
    {
        Drain drain = New();
        Assert.False(drain.IsDraining);
        await drain.DrainAsync(TimeSpan.FromSeconds(25));
        Assert.True(drain.IsDraining);
        Assert.Equal(_time.GetUtcNow(), drain.Since);
    }

    // The fake clock fires a timer's continuation inside Advance: small steps, so that each wait is begun before its time passes.
    void Pass(TimeSpan time)
    {
        for (TimeSpan step = TimeSpan.FromMilliseconds(50); time > TimeSpan.Zero; time -= step)
            _time.Advance(time < step ? time : step);
    }
}
