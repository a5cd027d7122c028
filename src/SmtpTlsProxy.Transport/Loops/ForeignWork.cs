namespace SmtpTlsProxy.Transport.Loops;

/// <summary>Work that a loop gave to the pool. Its completion is posted back, so that the loop sees it change between two steps only.</summary>
/// <typeparam name="T">What the work brings.</typeparam>
public sealed class ForeignWork<T> : IThreadPoolWorkItem
{
    readonly CancellationTokenSource _cancel = new();
    readonly Func<CancellationToken, Task<T>> _work;
    readonly Waiter _waiter;
    Task<T>? _outcome;

    internal ForeignWork(Waiter waiter, Func<CancellationToken, Task<T>> work)
    {
        _waiter = waiter;
        _work = work;
    }

    /// <summary>The completion has come back; <see cref="Result"/> may be read.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What the work brought; throws what it threw.</summary>
    public T Result => IsDone ? _outcome!.GetAwaiter().GetResult() : throw new InvalidOperationException("the foreign work has not come back");

    /// <summary>Asks the work to stop; it still completes. The token's callbacks run on the pool, not here.</summary>
    public void Cancel() => _ = _cancel.CancelAsync();

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    async Task RunAsync()
    {
        _outcome = StartedAsync();
        await ((Task)_outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _waiter.Loop.TryPost(static state => ((ForeignWork<T>)state!).ComeBack(), this);
    }

    // Async, so that what the work throws before its first await is kept as well.
    async Task<T> StartedAsync() => await _work(_cancel.Token).ConfigureAwait(false);

    void ComeBack()
    {
        IsDone = true;
        _waiter.Signal(Wake.Flags.Post);
    }
}
