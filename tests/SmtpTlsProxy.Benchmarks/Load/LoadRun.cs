using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>The clients of one plan while they stand. Every method returns when all of them are idle again.</summary>
sealed class LoadRun
{
    // Connecting clients at once: proxies bound the handshakes under way, and the queue of a listening socket.
    const int Batch = 64;

    readonly Loop _loop;
    readonly Waiter[] _waiters;
    readonly Worker[] _workers;

    LoadRun(LoadPlan plan, Loop loop)
    {
        _loop = loop;
        _waiters = [.. Enumerable.Range(0, plan.Clients).Select(_ => loop.Enter())];
        _workers = [.. _waiters.Select(waiter => new Worker(plan, waiter))];
    }

    /// <summary>Handshakes that were resumed and should not have been, or the other way round.</summary>
    public int Unwanted => _workers.Sum(worker => worker.Unwanted);

    /// <summary>The cipher in use; empty in the clear.</summary>
    public string Cipher => _workers[0].Cipher;

    public static async Task<LoadRun> OpenAsync(LoadPlan plan, Loop loop)
    {
        LoadRun run = new(plan, loop);
        await run.InBatchesAsync(worker => worker.OpenAsync());
        return run;
    }

    /// <summary>Works so long, and until what was begun then is finished.</summary>
    public Task<LoadCounts> ForAsync(TimeSpan duration) => _loop.Call(async () =>
    {
        LoadCounts counts = new();
        long started = _loop.Time.GetTimestamp(), until = started + (long)(duration.TotalSeconds * _loop.Time.TimestampFrequency);
        await AllAsync(_workers, worker => worker.RunAsync(until, counts));
        counts.Elapsed = _loop.Time.GetElapsedTime(started);
        return counts;
    });

    public Task CloseAsync() => _loop.Call(async () =>
    {
        await InBatchesAsync(worker => worker.CloseAsync());
        Leave();
        return true;
    });

    async Task InBatchesAsync(Func<Worker, ValueTask> step)
    {
        foreach (Worker[] batch in _workers.Chunk(Batch))
            await AllAsync(batch, step);
    }

    async Task AllAsync(IEnumerable<Worker> workers, Func<Worker, ValueTask> step)
    {
        try
        {
            await Task.WhenAll(workers.Select(worker => step(worker).AsTask()));
        }
        catch
        {
            Leave();
            throw;
        }
    }

    void Leave()
    {
        foreach (Waiter waiter in _waiters)
        {
            waiter.AbortAll();
            _loop.Leave(waiter);
        }
    }
}
