namespace SmtpTlsProxy.Transport.Loops;

/// <summary>
/// The one suspension point of a session. Octets, the deadline, drain and posts set flags on it and put it on the loop's ready list; the wait
/// completes from there, never inside the call that signalled it and never synchronously. On its loop only; one awaiter; no allocation a wait.
/// </summary>
public sealed partial class Waiter
{
    const Wake.Flags Sticky = Wake.Flags.Drain | Wake.Flags.Abort;

    IAbortable? _first;
    IAbortable? _second;
    Wake.Flags _pending;
    Wake.Flags _sticky;
    bool _requeued;
    bool _heavy;
    bool _isQueued;

    internal Waiter(Loop loop) => Loop = loop;

    /// <summary>The loop it lives on.</summary>
    public Loop Loop { get; }

    /// <summary>The process drains.</summary>
    public bool IsDraining => (_sticky & Wake.Flags.Drain) != 0;

    /// <summary>The session is to end at once.</summary>
    public bool IsAborted => (_sticky & Wake.Flags.Abort) != 0;

    /// <summary>The wake of a first step: <see cref="Wake.Start"/>, and what is sticky. A drain that another wait was told is not lost to this one.</summary>
    public Wake Start => new(Wake.Flags.Start | _sticky);

    internal Deadline Deadline { get; private set; }

    internal Waiter? QueueNext { get; set; }

    internal Waiter? TimerNext { get; set; }

    internal Waiter? TimerPrevious { get; set; }

    internal long TimerTick { get; set; }

    internal int TimerSlot { get; set; } = -1;

    internal int Index { get; set; } = -1;

    internal bool IsSession { get; set; }

    /// <summary>
    /// Waits for a reason to go on. What came since the last wake completes it with the next turn. Drain wakes once and is told with every wake
    /// from then on; abort completes every wait. The deadline belongs to this wait alone.
    /// </summary>
    public ValueTask<Wake> NextAsync(Deadline deadline)
    {
        Loop.Demand();
        short token = Begin();
        Deadline = deadline;
        Loop.Wheel.Schedule(this);
        if (_pending != 0 || _requeued || _heavy || IsAborted)
            Queue();
        return new ValueTask<Wake>(this, token);
    }

    /// <summary>The budget is spent: the next wait completes at the tail of the ready list, behind the others.</summary>
    public void Requeue() => _requeued = true;

    /// <summary>The next wait completes from the list of which four run a turn: a handshake step costs as much as a hundred messages.</summary>
    public void Heavy() => _heavy = true;

    /// <summary>A wire has become readable or writable, or has ended.</summary>
    public void SignalOctets() => Signal(Wake.Flags.Octets);

    /// <summary>This leg is one of the two that signal the waiter.</summary>
    public void Attach(IAbortable leg)
    {
        if (_first is null)
            _first = leg;
        else if (_second is null)
            _second = leg;
        else
            throw new InvalidOperationException("a waiter has two legs at most");
    }

    /// <summary>This leg has ended. Idempotent.</summary>
    public void Detach(IAbortable leg)
    {
        if (_first == leg)
            _first = null;
        if (_second == leg)
            _second = null;
    }

    /// <summary>Aborts the legs that are attached.</summary>
    public void AbortAll()
    {
        _first?.Abort();
        _second?.Abort();
    }

    /// <summary>Sets flags, and puts the waiter on the ready list, once, if it waits.</summary>
    internal void Signal(Wake.Flags flags)
    {
        _pending |= flags;
        _sticky |= flags & Sticky;
        if (IsWaiting)
            Queue();
    }

    /// <summary>From the ready list: tells the wait what came.</summary>
    internal void Deliver()
    {
        _isQueued = false;
        if (!IsWaiting)
            return;
        Wake.Flags told = _pending | _sticky;
        // Octets win: the peer was in time, it was the loop that came late.
        if ((told & Wake.Flags.Octets) != 0)
            told &= ~Wake.Flags.Timer;
        _pending = 0;
        _requeued = _heavy = false;
        Deadline = Deadline.Never;
        Complete(new Wake(told));
    }

    void Queue()
    {
        if (_isQueued)
            return;
        _isQueued = true;
        Loop.Enqueue(this, _heavy);
    }
}
