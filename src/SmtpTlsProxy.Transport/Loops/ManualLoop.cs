namespace SmtpTlsProxy.Transport.Loops;

using System.Runtime.ExceptionServices;

/// <summary>
/// A loop without epoll, turned by a test whose thread is the loop. Nothing happens between turns; with a fake clock nothing happens by itself.
/// </summary>
public sealed class ManualLoop : Loop
{
    readonly SemaphoreSlim _posted = new(0);
    SynchronizationContext? _outside;
    int _thread = Environment.CurrentManagedThreadId;

    /// <summary>A loop of the calling thread.</summary>
    public ManualLoop(TimeProvider time)
        : base(time)
    {
    }

    /// <inheritdoc/>
    public override bool IsCurrent => _thread == Environment.CurrentManagedThreadId;

    /// <summary>This thread is the loop's from now on: behind an await a test may run on another one. Turning the loop adopts it too.</summary>
    public void Adopt() => _thread = Environment.CurrentManagedThreadId;

    /// <summary>Turns until the condition holds, waiting for what pool threads post. Throws when it does not hold in so much real time.</summary>
    public void RunUntil(Func<bool> condition, TimeSpan realLimit)
    {
        long start = TimeProvider.System.GetTimestamp();
        RunUntilIdle();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > realLimit)
                throw new TimeoutException($"the condition does not hold after {realLimit}");
            _posted.Wait(TimeSpan.FromMilliseconds(10));
            RunUntilIdle();
        }
    }

    /// <inheritdoc/>
    protected override bool Poll(TimeSpan wait) => false;

    /// <inheritdoc/>
    protected override void Turning(bool begins)
    {
        // A test runner's context would take continuations off the loop.
        if (begins)
        {
            Adopt();
            _outside = SynchronizationContext.Current;
        }

        SynchronizationContext.SetSynchronizationContext(begins ? null : _outside);
    }

    /// <inheritdoc/>
    protected override void WakeUp() => _posted.Release();

    /// <inheritdoc/>
    protected override void Faulted(Exception e) => ExceptionDispatchInfo.Throw(e);
}
