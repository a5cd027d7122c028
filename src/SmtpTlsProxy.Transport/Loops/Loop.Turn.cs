namespace SmtpTlsProxy.Transport.Loops;

/// <summary>A turn: I/O, posts, timers, ready waiters, then at most four heavy steps.</summary>
public abstract partial class Loop
{
    const int HeavyStepsPerTurn = 4;
    const int IdleWithin = 100_000;

    static readonly TimeSpan s_longTurn = TimeSpan.FromMilliseconds(100);

    WaiterQueue _ready;
    WaiterQueue _heavy;
    long _lastTurn;
    long _longTurns;

    /// <summary>When the last turn began, in the provider's timestamps. May be read from any thread.</summary>
    public long LastTurn => Volatile.Read(ref _lastTurn);

    /// <summary>Turns that took over 100 ms. May be read from any thread.</summary>
    public long LongTurns => Volatile.Read(ref _longTurns);

    bool HasWork => _ready.Count > 0 || _heavy.Count > 0 || !_posts.IsEmpty;

    /// <summary>One turn; waits for I/O, a post or a timer for <paramref name="maxWait"/> at most, and not at all while something is ready.</summary>
    public void Turn(TimeSpan maxWait) => TurnOnce(maxWait);

    /// <summary>Turns until nothing is ready, posted or due. Throws when it does not come to rest: somebody requeues for ever.</summary>
    public void RunUntilIdle()
    {
        for (int turn = 0; turn < IdleWithin; turn++)
        {
            if (!TurnOnce(TimeSpan.Zero))
                return;
        }

        throw new InvalidOperationException($"the loop was not idle after {IdleWithin} turns");
    }

    /// <summary>Waits for I/O or a wake-up so long at most, and signals the waiters it concerns. True when something came.</summary>
    protected abstract bool Poll(TimeSpan wait);

    /// <summary>A turn begins on this thread, or has ended.</summary>
    protected abstract void Turning(bool begins);

    /// <summary>A turn took too long. On the loop.</summary>
    protected virtual void LongTurn(TimeSpan took)
    {
    }

    internal void Enqueue(Waiter waiter, bool heavy)
    {
        if (heavy)
            _heavy.Add(waiter);
        else
            _ready.Add(waiter);
    }

    // True when there was something to do, or is now.
    bool TurnOnce(TimeSpan maxWait)
    {
        Turning(begins: true);
        bool worked = Poll(Wait(maxWait)) | HasWork;
        Now = Time.GetTimestamp();
        Volatile.Write(ref _lastTurn, Now);
        _posts.Run(_fault);
        Wheel.Advance(Now);
        worked |= HasWork;
        Run(ref _ready, _ready.Count);
        Run(ref _heavy, Math.Min(_heavy.Count, HeavyStepsPerTurn));
        Scratch.Reclaim();
        Turning(begins: false);
        MeasureTurn();
        return worked || HasWork;
    }

    // Those that are queued now; who is queued meanwhile runs in the next turn, so nobody starves I/O.
    static void Run(ref WaiterQueue queue, int count)
    {
        for (; count > 0; count--)
            queue.Take().Deliver();
    }

    TimeSpan Wait(TimeSpan maxWait)
    {
        if (maxWait <= TimeSpan.Zero || HasWork)
            return TimeSpan.Zero;
        long now = Time.GetTimestamp();
        long next = Wheel.NextTimestamp(now);
        if (next == long.MaxValue)
            return maxWait;
        TimeSpan untilNext = Time.GetElapsedTime(now, next);
        return untilNext < maxWait ? untilNext : maxWait;
    }

    void MeasureTurn()
    {
        TimeSpan took = Time.GetElapsedTime(Now);
        if (took < s_longTurn)
            return;
        Volatile.Write(ref _longTurns, _longTurns + 1);
        LongTurn(took);
    }
}
