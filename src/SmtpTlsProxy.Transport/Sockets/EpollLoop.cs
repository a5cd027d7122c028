namespace SmtpTlsProxy.Transport.Sockets;

using Microsoft.Win32.SafeHandles;
using SmtpTlsProxy.Transport.Loops;

/// <summary>
/// A loop over epoll. <see cref="Start"/> gives it a thread of its own; until then the thread that made it turns it (tests do). Sockets are
/// registered once for their life, edge-triggered for both directions.
/// </summary>
public sealed unsafe class EpollLoop : Loop
{
    /// <summary>Accepted in one turn at most, over all listening sockets of the loop.</summary>
    internal const int AcceptsPerTurn = 64;

    // Also without events a loop turns so often, so that LastTurn tells a stuck loop from an idle one.
    static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);

    readonly SafeFileHandle _epoll = Owned(Libc.epoll_create1(Libc.EPOLL_CLOEXEC), "epoll_create1");
    readonly SafeFileHandle _wakeUp = Owned(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd");
    readonly EpollEvents _events = new();
    readonly SlotTable _slots = new();
    readonly Action<string> _warn;
    readonly ulong _wakeUpKey;
    Deadline _longTurnsQuiet;
    Thread? _runner;
    int _thread = Environment.CurrentManagedThreadId;
    long _acceptFailures;
    int _signalled;
    int _arriving;
    volatile bool _stopping;

    /// <summary>A loop that nobody turns yet.</summary>
    public EpollLoop(TimeProvider time, Action<string> warn)
        : base(time)
    {
        _warn = warn;
        _wakeUpKey = ulong.MaxValue;
        // Edge-triggered: every write is an edge, so the counter is never read.
        Control(Libc.EPOLL_CTL_ADD, (int)_wakeUp.DangerousGetHandle(), Libc.EPOLLIN | Libc.EPOLLET, _wakeUpKey);
    }

    /// <inheritdoc/>
    public override bool IsCurrent => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    /// <summary>Times that accepting stopped because descriptors or memory had run out. May be read from any thread.</summary>
    public long AcceptFailures => Volatile.Read(ref _acceptFailures);

    internal int AcceptBudget { get; set; } = AcceptsPerTurn;

    /// <summary>Sessions given to this loop that have not entered it: <see cref="Loop.Sessions"/> does not show them yet.</summary>
    internal int Arriving => Volatile.Read(ref _arriving);

    /// <summary>Sources registered.</summary>
    internal int Registered => _slots.Count;

    /// <summary>Gives the loop its thread.</summary>
    public void Start(string name)
    {
        // Nobody's, until the new thread takes it: a post in between must wake it.
        Volatile.Write(ref _thread, 0);
        _runner = new Thread(Run) { IsBackground = true, Name = name };
        _runner.Start();
    }

    /// <summary>
    /// Ends the thread after its present turn and waits for it. Sessions that still run are aborted and may leave; what is open then is reset.
    /// Idempotent; not from the loop itself.
    /// </summary>
    public void Stop()
    {
        _stopping = true;
        WakeUp();
        _runner?.Join();
    }

    internal ulong Register(IEpollSource source, int descriptor, uint events)
    {
        Demand();
        ulong key = _slots.Add(source);
        try
        {
            Control(Libc.EPOLL_CTL_ADD, descriptor, events, key);
        }
        catch (IOException)
        {
            _slots.Remove(key);
            throw;
        }

        return key;
    }

    internal void Modify(int descriptor, uint events, ulong key) => Control(Libc.EPOLL_CTL_MOD, descriptor, events, key);

    /// <summary>The descriptor is about to be closed, which takes it out of epoll by itself: it was never duplicated.</summary>
    internal void Unregister(ulong key) => _slots.Remove(key);

    /// <summary>Warns, but not of the same thing again within ten seconds: what goes wrong does so many times a second.</summary>
    internal void Warn(ref Deadline quietUntil, string message)
    {
        if (!quietUntil.IsNever && quietUntil.Timestamp > Now)
            return;
        quietUntil = In(s_quiet);
        _warn(message);
    }

    internal void AcceptFailed() => Volatile.Write(ref _acceptFailures, _acceptFailures + 1);

    internal void Arrives() => Interlocked.Increment(ref _arriving);

    internal void Arrived() => Interlocked.Decrement(ref _arriving);

    /// <inheritdoc/>
    protected override bool Poll(TimeSpan wait)
    {
        int count = Libc.epoll_wait(_epoll, _events.Start, EpollEvents.Capacity, Milliseconds(wait));
        // -1 is EINTR: as if nothing had come. Before the posts run: who posts later writes again.
        Interlocked.Exchange(ref _signalled, 0);
        AcceptBudget = AcceptsPerTurn;
        for (int i = 0; i < count; i++)
            _slots.Find(_events.DataAt(i))?.OnEvents(_events.FlagsAt(i));
        _slots.BatchDone();
        return count > 0;
    }

    /// <inheritdoc/>
    protected override void Turning(bool begins)
    {
        if (_runner is null)
            Adopt();
    }

    /// <inheritdoc/>
    protected override void WakeUp()
    {
        if (Interlocked.Exchange(ref _signalled, 1) != 0)
            return;
        try
        {
            ulong one = 1;
            Libc.write(_wakeUp, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended in between, and ran the post before it did.
        }
    }

    /// <inheritdoc/>
    protected override void LongTurn(TimeSpan took) =>
        Warn(ref _longTurnsQuiet, $"a turn of the event loop took {took.TotalMilliseconds:0} ms: every session of it waited");

    /// <inheritdoc/>
    protected override void Faulted(Exception e) => _warn($"fault on the event loop: {e}");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stopping = true;
        if (_runner is null)
            Run();                              // it never had a thread: this one turns it for the last time
        else
            Stop();
        _epoll.Dispose();
        _wakeUp.Dispose();
        _events.Dispose();
        base.Dispose(disposing);
    }

    static SafeFileHandle Owned(int descriptor, string call) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Errno.Exception(call, Errno.Last);

    // Rounded up: a wait that ends early would turn once more for nothing.
    static int Milliseconds(TimeSpan wait) => (int)Math.Min(int.MaxValue, Math.Ceiling(wait.TotalMilliseconds));

    void Adopt() => Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);

    void Run()
    {
        Adopt();
        // Nothing here lives in an execution context; without one each step of a session is spared its capture and its restoring.
        if (_runner is not null)
            ExecutionContext.SuppressFlow();
        Action turn = () => Turn(s_longestWait);
        while (!_stopping)
            Safely(turn);
        Safely(End);
        foreach (IEpollSource source in _slots.Sources.ToArray())
            source.LoopEnds();
    }

    void Safely(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            // The thread's outermost frame: the other sessions go on.
            Faulted(e);
        }
    }

    // Whoever waits for a session from outside must see it end.
    void End()
    {
        AbortAll();
        RunLastPosts();
        RunUntilIdle();
    }

    void Control(int operation, int descriptor, uint events, ulong key) => EpollEvents.Control(_epoll, operation, descriptor, events, key);
}
