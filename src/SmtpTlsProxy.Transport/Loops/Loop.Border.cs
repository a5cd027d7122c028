namespace SmtpTlsProxy.Transport.Loops;

/// <summary>The doors between a loop and the other threads. No execution context passes: a session does not carry what its accept carried.</summary>
public abstract partial class Loop
{
    readonly PostQueue _posts = new();
    readonly Action<Exception> _fault;

    /// <summary>Runs work on the loop in a later turn. From any thread; dropped when the loop has stopped.</summary>
    public void Post(Action work) => TryPost(static state => ((Action)state!)(), work);

    /// <summary>Pool to loop: runs work on the loop. The returned task completes on the pool; it is cancelled when the loop has stopped.</summary>
    public Task<T> Call<T>(Func<Task<T>> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Action run = () => _ = RunAsync(work, done);
        if (!TryPost(static state => ((Action)state!)(), run))
            done.SetCanceled();
        return done.Task;
    }

    /// <summary>Loop to pool: runs work on the pool. Its completion comes back to the loop and signals the waiter.</summary>
    public ForeignWork<T> Foreign<T>(Waiter waiter, Func<CancellationToken, Task<T>> work)
    {
        Demand();
        ForeignWork<T> foreign = new(waiter, work);
        ThreadPool.UnsafeQueueUserWorkItem(foreign, preferLocal: false);
        return foreign;
    }

    internal bool TryPost(Action<object?> work, object? state)
    {
        if (!_posts.TryAdd(work, state))
            return false;
        if (!IsCurrent)
            WakeUp();
        return true;
    }

    /// <summary>The loop ends: what was posted runs, and nothing can be posted any more.</summary>
    internal void RunLastPosts()
    {
        _posts.Close();
        _posts.Run(_fault);
    }

    /// <summary>Something was posted from another thread: a <see cref="Poll"/> that waits is to return.</summary>
    protected abstract void WakeUp();

    /// <summary>A post threw: a fault in this program. On the loop.</summary>
    protected abstract void Faulted(Exception e);

    static async Task RunAsync<T>(Func<Task<T>> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(await work());
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }
}
