namespace SmtpTlsProxy.Lifetime;

/// <summary>How a drain ended. <paramref name="Aborted"/>: sessions that were still open at the deadline.</summary>
readonly record struct DrainOutcome(int Aborted);

/// <summary>
/// The orderly end of all sessions (rule 6.4): nothing new is accepted, sessions end at their next quiet moment, what is left at the deadline is
/// aborted. Happens once; whoever asks again hears of the same drain. The process goes on: its other ports answer until it is told to stop.
/// </summary>
sealed class Drain(Action drainAll, Action abortAll, Func<int> sessions, TimeProvider time, Action<string>? warn = null)
{
    static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    // An aborted session needs a turn of its loop to close its legs and write its line.
    static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(2);

    readonly Lock _once = new();
    readonly List<Func<Task>> _first = [];
    Task<DrainOutcome>? _drained;
    DateTimeOffset _since;
    volatile bool _isDraining;

    public bool IsDraining => _isDraining;

    /// <summary>When it began.</summary>
    public DateTimeOffset? Since => _isDraining ? _since : null;

    /// <summary>Sessions that are open now.</summary>
    public int Sessions => sessions();

    /// <summary>What happens before sessions are told: listeners stop accepting, the gauge turns. Registered before a drain can begin.</summary>
    public void First(Func<Task> step) => _first.Add(step);

    /// <summary>Drains; of several calls the first one's <paramref name="timeout"/> counts.</summary>
    public Task<DrainOutcome> DrainAsync(TimeSpan timeout)
    {
        lock (_once)
            return _drained ??= RunAsync(timeout);
    }

    async Task<DrainOutcome> RunAsync(TimeSpan timeout)
    {
        long began = time.GetTimestamp();
        _since = time.GetUtcNow();
        _isDraining = true;
        foreach (Func<Task> step in _first)
            await TakeAsync(step, began, timeout);
        drainAll();
        if (await EmptyWithinAsync(began, timeout))
            return new(Aborted: 0);
        int left = sessions();
        abortAll();
        await EmptyWithinAsync(time.GetTimestamp(), _lastWords);
        return new(left);
    }

    /// <summary>A step that throws, or hangs, must not keep the sessions from being told: it is said and passed over.</summary>
    async Task TakeAsync(Func<Task> step, long began, TimeSpan timeout)
    {
        TimeSpan left = timeout - time.GetElapsedTime(began);
        try
        {
            await step().WaitAsync(left > _lastWords ? left : _lastWords, time);
        }
        catch (Exception e)
        {
            warn?.Invoke(e is TimeoutException ? "Drain: a first step has not ended in time; going on without it." : $"Drain: a first step failed: {e.Message}");
        }
    }

    async Task<bool> EmptyWithinAsync(long began, TimeSpan limit)
    {
        while (sessions() > 0)
        {
            TimeSpan left = limit - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return false;
            await Task.Delay(left < _look ? left : _look, time);
        }
        return true;
    }
}
