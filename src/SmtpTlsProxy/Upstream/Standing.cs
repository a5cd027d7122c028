using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// How one destination stands, from all loops: its sessions, its circuit, how it did of late. Found by the destination's id, it outlives reloads. Its health
/// itself is YARP's to keep.
/// </summary>
sealed class Standing(string id, TimeProvider time)
{
    int _sessions;
    int _failures;
    int _checksFailed;
    int _checksPassed;

    public string Id => id;

    /// <summary>Sessions that are open there or being opened.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Attempts of sessions that failed in a row.</summary>
    public int Failures => Volatile.Read(ref _failures);

    public Circuit Circuit { get; } = new(time);

    public void Enter() => Interlocked.Increment(ref _sessions);

    public void Leave() => Interlocked.Decrement(ref _sessions);

    /// <summary>A session's attempt is over. True when that were enough failures in a row; one more behind them is enough again.</summary>
    public bool HasFailed(bool failed, HealthConfiguration limits)
    {
        if (!failed)
            Volatile.Write(ref _failures, 0);
        return failed && Interlocked.Increment(ref _failures) >= limits.Failures;
    }

    /// <summary>Nobody checks it any longer.</summary>
    public void ForgetChecks() => (_checksPassed, _checksFailed) = (0, 0);

    /// <summary>A check is over. What it makes of the destination; null: nothing yet.</summary>
    public bool? IsWellAfter(bool passed, HealthConfiguration limits)
    {   // one check at a time
        (_checksPassed, _checksFailed) = passed ? (_checksPassed + 1, 0) : (0, _checksFailed + 1);
        if (_checksFailed >= limits.Failures)
            return false;
        return _checksPassed >= limits.Successes ? true : null;
    }
}
