using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>Checks one destination again and again, on a loop, until its configuration is replaced or the process ends.</summary>
sealed class HealthCheck(HealthConfiguration health, Func<HealthCheck, Waiter, ValueTask> check)
{
    /// <summary>How far an interval may be from what was written: many proxies that began together do not ask together for ever.</summary>
    const double Jitter = 0.2;

    volatile bool _isOver;

    /// <summary>Begins on <paramref name="loop"/>. A bug in it is told and ends it: no session depends on it.</summary>
    public void Begin(Loop loop, Action<string> tell) => loop.Post(() => _ = RunAsync(loop, tell));

    /// <summary>Another configuration's checks have taken over: what this one still finds is nobody's verdict any more.</summary>
    public bool HasEnded => _isOver;

    /// <summary>Ends it, at the latest with the next check.</summary>
    public void End() => _isOver = true;

    async Task RunAsync(Loop loop, Action<string> tell)
    {
        Waiter waiter = loop.Enter(isSession: false);
        try
        {
            await WaitAsync(waiter, First);
            while (!IsOver(waiter))
            {
                await check(this, waiter);
                await WaitAsync(waiter, Next);
            }
        }
        catch (Exception bug)
        {
            tell($"A health check has ended by a fault of the proxy's: {bug}");
        }
        finally
        {
            waiter.AbortAll();
            loop.Leave(waiter);
        }
    }

    async ValueTask WaitAsync(Waiter waiter, TimeSpan span)
    {
        Deadline until = waiter.Loop.In(span);
        while (waiter.Loop.Now < until.Timestamp && !IsOver(waiter))
            await waiter.NextAsync(until);
    }

    bool IsOver(Waiter waiter) => _isOver || waiter.IsAborted || waiter.IsDraining;

    /// <summary>Soon, so that it is known early how things stand; not all at once.</summary>
    TimeSpan First => TimeSpan.FromSeconds(Math.Min(1, health.Interval.TotalSeconds) * Random.Shared.NextDouble());

    TimeSpan Next => health.Interval * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
}
