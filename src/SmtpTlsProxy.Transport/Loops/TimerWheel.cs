namespace SmtpTlsProxy.Transport.Loops;

using System.Numerics;

/// <summary>
/// The deadlines of a loop's waiters. Ticks of 64 ms, 1024 slots, one intrusive node a waiter. Lazy: a later deadline is one store in the waiter,
/// and its node moves when the old slot comes round; so is one beyond the wheel. A deadline is never told early, and at most a tick late.
/// </summary>
sealed class TimerWheel
{
    const int SlotCount = 1024;
    const int Unlinked = -1;

    readonly Waiter?[] _slots = new Waiter?[SlotCount];
    readonly ulong[] _occupied = new ulong[SlotCount / 64];
    readonly long _tickLength;
    long _tick;

    internal TimerWheel(TimeProvider time, long now)
    {
        _tickLength = Math.Max(1, time.TimestampFrequency * 64 / 1000);
        _tick = now / _tickLength;
    }

    /// <summary>Nodes in the wheel, forgotten ones included.</summary>
    internal int Count { get; private set; }

    /// <summary>The waiter's deadline has changed.</summary>
    internal void Schedule(Waiter waiter)
    {
        if (waiter.Deadline.IsNever)
            return;
        long tick = TickOf(waiter.Deadline);
        if (waiter.TimerSlot != Unlinked)
        {
            if (waiter.TimerTick <= tick)
                return;
            Unlink(waiter);
        }

        Link(waiter, tick);
    }

    internal void Remove(Waiter waiter)
    {
        if (waiter.TimerSlot != Unlinked)
            Unlink(waiter);
    }

    /// <summary>Tells every waiter whose deadline is not after <paramref name="now"/>; that time's own tick is looked at on each call.</summary>
    internal void Advance(long now)
    {
        long to = now / _tickLength;
        long from = Math.Max(_tick, to - (SlotCount - 1));
        _tick = Math.Max(_tick, to);
        if (Count == 0)
            return;
        for (long tick = from; tick <= to; tick++)
            Turn((int)(tick % SlotCount), now);
    }

    /// <summary>When the wheel wants to be advanced next; <see cref="long.MaxValue"/> while it is empty. Coalesces what falls in one tick.</summary>
    internal long NextTimestamp(long now)
    {
        if (Count == 0)
            return long.MaxValue;
        // The end of the first occupied slot's tick: then all of it is due.
        int ahead = SlotsAhead((int)(_tick % SlotCount));
        return Math.Max(now, (_tick + ahead + 1) * _tickLength);
    }

    void Turn(int slot, long now)
    {
        Waiter? next = _slots[slot];
        while (next is { } waiter)
        {
            next = waiter.TimerNext;
            long tick = TickOf(waiter.Deadline);
            if (waiter.Deadline.Timestamp <= now)
            {
                Unlink(waiter);
                waiter.Signal(Wake.Flags.Timer);
            }
            else if (waiter.Deadline.IsNever)
            {
                Unlink(waiter);
            }
            else if (tick > waiter.TimerTick)
            {
                Unlink(waiter);
                Link(waiter, tick);
            }
        }
    }

    // Never before the current tick, and never beyond the wheel: both are looked at again when their slot comes.
    long TickOf(Deadline deadline) => Math.Clamp(deadline.Timestamp / _tickLength, _tick, _tick + SlotCount - 1);

    void Link(Waiter waiter, long tick)
    {
        int slot = (int)(tick % SlotCount);
        Waiter? head = _slots[slot];
        waiter.TimerSlot = slot;
        waiter.TimerTick = tick;
        waiter.TimerNext = head;
        waiter.TimerPrevious = null;
        if (head is not null)
            head.TimerPrevious = waiter;
        _slots[slot] = waiter;
        _occupied[slot >> 6] |= 1UL << slot;
        Count++;
    }

    void Unlink(Waiter waiter)
    {
        int slot = waiter.TimerSlot;
        if (waiter.TimerPrevious is { } previous)
            previous.TimerNext = waiter.TimerNext;
        else
            _slots[slot] = waiter.TimerNext;
        if (waiter.TimerNext is { } next)
            next.TimerPrevious = waiter.TimerPrevious;
        if (_slots[slot] is null)
            _occupied[slot >> 6] &= ~(1UL << slot);
        waiter.TimerNext = waiter.TimerPrevious = null;
        waiter.TimerSlot = Unlinked;
        Count--;
    }

    int SlotsAhead(int from)
    {
        // The first word without the slots before `from`, then the others, then the first word's rest.
        int word = from >> 6;
        ulong bits = _occupied[word] & (ulong.MaxValue << from);
        for (int i = 0; ; i++)
        {
            if (bits != 0)
            {
                int slot = (((word + i) * 64) + BitOperations.TrailingZeroCount(bits)) % SlotCount;
                return (slot - from + SlotCount) % SlotCount;
            }

            bits = _occupied[(word + i + 1) % _occupied.Length];
        }
    }
}
