namespace SmtpTlsProxy.Lifetime;

/// <summary>
/// Gives memory back after a burst: of sessions, or of the start itself. Once the process is quiet, at most a hundredth of the time, and never
/// while so many sessions stand that they would feel the pause.
/// </summary>
/// <param name="sessions">Sessions that are open now.</param>
/// <param name="allocated">Octets of managed memory that were ever allocated.</param>
/// <param name="giveBack">Gives back what is free.</param>
/// <param name="time">The clock.</param>
sealed class Thrift(Func<int> sessions, Func<long> allocated, Action giveBack, TimeProvider time)
{
    /// <summary>How often it is looked.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A period with less than this allocated is a quiet one.</summary>
    public const long Quiet = 256 * 1024;

    /// <summary>So much must have been allocated since memory was given back,</summary>
    public const long Worthwhile = 4 * 1024 * 1024;

    /// <summary>or so many sessions more must have stood than stand now: OpenSSL's objects are not managed memory.</summary>
    public const int ManySessions = 256;

    /// <summary>A collection walks what lives: with 5,000 sessions it was measured to take 58 ms, with 100 twelve.</summary>
    public const int MostSessions = 8_000;

    // Of the time that giving back takes, so often is waited until the next.
    const int Rest = 100;

    long _seen = allocated();
    long _givenBack;
    int _most;
    long _rests = time.GetTimestamp();

    /// <summary>Until <paramref name="stop"/>.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        using PeriodicTimer ticks = new(Period, time);
        while (await ticks.WaitForNextTickAsync(stop))
            Look();
    }

    /// <summary>Looks whether it is quiet now and was not before, and if so gives back. True if it did.</summary>
    public bool Look()
    {
        long now = allocated();
        int standing = sessions();
        bool isQuiet = now - _seen < Quiet;
        _seen = now;
        _most = Math.Max(_most, standing);
        bool isWorthIt = now - _givenBack >= Worthwhile || _most - standing >= ManySessions;
        if (!isQuiet || !isWorthIt || standing > MostSessions || time.GetTimestamp() < _rests)
            return false;
        long began = time.GetTimestamp();
        giveBack();
        long ended = time.GetTimestamp();
        _rests = ended + (Rest * (ended - began));
        _seen = _givenBack = allocated();
        _most = sessions();
        return true;
    }
}
