namespace SmtpTlsProxy.Transport.Loops;

/// <summary>
/// An event loop. A session lives on one loop, with both legs and every continuation: one thread, no lock, no hop. What belongs to a loop is touched
/// on its thread only; the doors from and to other threads are <see cref="Post"/>, <see cref="Call{T}"/> and <see cref="Foreign{T}"/>.
/// </summary>
public abstract partial class Loop : IDisposable
{
    readonly List<Waiter> _waiters = [];
    readonly long _perTick;
    readonly ulong _easyTicks;
    Wake.Flags _sticky;

    /// <summary>A loop in this time.</summary>
    protected Loop(TimeProvider time)
    {
        Time = time;
        Now = time.GetTimestamp();
        _lastTurn = Now;
        _fault = Faulted;
        // Timestamps are nanoseconds on Linux: a deadline for every wait is one multiplication.
        if (time.TimestampFrequency % TimeSpan.TicksPerSecond == 0)
            (_perTick, _easyTicks) = (time.TimestampFrequency / TimeSpan.TicksPerSecond, 1UL << 48);
        Wheel = new TimerWheel(time, Now);
        Slabs = new Slabs(Counts);
    }

    /// <summary>Whose clock it is.</summary>
    public TimeProvider Time { get; }

    /// <summary>The time, in the provider's timestamps; read once a turn.</summary>
    public long Now { get; private set; }

    /// <summary>This thread is the loop's.</summary>
    public abstract bool IsCurrent { get; }

    /// <summary>What the loop holds now.</summary>
    public LiveCounts Counts { get; } = new();

    /// <summary>Waiters entered and not left. May be read from any thread.</summary>
    public int Sessions => Counts.Sessions;

    /// <summary>Native memory for legs; on the loop only.</summary>
    public Slabs Slabs { get; }

    internal LoopScratch Scratch { get; } = new();

    internal TimerWheel Wheel { get; }

    /// <summary>The deadline so far from now; never for <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public Deadline In(TimeSpan span)
    {
        if (span == Timeout.InfiniteTimeSpan)
            return Deadline.Never;
        if ((ulong)span.Ticks < _easyTicks)
            return Deadline.At(Now + (span.Ticks * _perTick));
        // Rounded up: never early. Whole numbers, because a double does not hold a timestamp.
        Int128 end = Now + ((((Int128)span.Ticks * Time.TimestampFrequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
        return end >= long.MaxValue ? Deadline.Never : Deadline.At((long)end);
    }

    /// <summary>How long it is until then; infinite for never, zero once it has passed.</summary>
    public TimeSpan Until(Deadline deadline)
    {
        if (deadline.IsNever)
            return Timeout.InfiniteTimeSpan;
        return deadline.Timestamp <= Now ? TimeSpan.Zero : Time.GetElapsedTime(Now, deadline.Timestamp);
    }

    /// <summary>A new waiter: a session begins. One with <paramref name="isSession"/> false hears of drain and abort too, and nobody waits for its end.</summary>
    public Waiter Enter(bool isSession = true)
    {
        Demand();
        Waiter waiter = NewWaiter();
        waiter.IsSession = isSession;
        waiter.Index = _waiters.Count;
        _waiters.Add(waiter);
        if (isSession)
            Counts.Session(+1);
        if (_sticky != 0)
            waiter.Signal(_sticky);
        return waiter;
    }

    /// <summary>A session has ended. Idempotent.</summary>
    public void Leave(Waiter waiter)
    {
        Demand();
        if (waiter.Index < 0)
            return;
        Wheel.Remove(waiter);
        Waiter last = _waiters[^1];
        _waiters[waiter.Index] = last;
        last.Index = waiter.Index;
        _waiters.RemoveAt(_waiters.Count - 1);
        waiter.Index = -1;
        if (waiter.IsSession)
            Counts.Session(-1);
    }

    /// <summary>Tells every waiter, present and future, that the process drains. From any thread.</summary>
    public void DrainAll() => Tell(Wake.Flags.Drain);

    /// <summary>Tells every waiter, present and future, to end at once. From any thread.</summary>
    public void AbortAll() => Tell(Wake.Flags.Abort);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A waiter that is no session: an acceptor's pause.</summary>
    internal Waiter NewWaiter() => new(this);

    /// <summary>Throws when this thread is not the loop's: a miss ends the session as a fault, not as a race.</summary>
    internal void Demand()
    {
        if (!IsCurrent)
            throw new InvalidOperationException("not on the loop's thread");
    }

    /// <summary>Frees what the loop owns. It must have stopped.</summary>
    protected virtual void Dispose(bool disposing)
    {
        _posts.Close();
        Scratch.Dispose();
        Slabs.Dispose();
    }

    void Tell(Wake.Flags flag)
    {
        if (!IsCurrent)
        {
            Post(() => Tell(flag));
            return;
        }

        _sticky |= flag;
        foreach (Waiter waiter in _waiters)
            waiter.Signal(flag);
    }
}
