using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>One client of a plan.</summary>
sealed class Worker(LoadPlan plan, Waiter waiter)
{
    readonly Client _client = new(waiter, plan.Target);

    /// <summary>Handshakes that were not as the plan wants them, resumed or not.</summary>
    public int Unwanted { get; private set; }

    public string Cipher { get; private set; } = "";

    /// <summary>A session in which one message was sent, so that all behind it stands; nothing where a unit connects itself.</summary>
    public async ValueTask OpenAsync()
    {
        if (plan.Connects)
            return;
        await _client.ConnectAsync();
        Cipher = _client.Cipher;
        await _client.HelloAsync();
        if (plan.Work is not Work.Idle)
            await _client.SendAsync(Letter.Small);
    }

    public async ValueTask RunAsync(long until, LoadCounts counts)
    {
        TimeProvider time = waiter.Loop.Time;
        for (long started = time.GetTimestamp(); started < until; started = time.GetTimestamp())
        {
            await UnitAsync();
            counts.Add(time.GetElapsedTime(started), plan);
        }
    }

    public ValueTask CloseAsync() => plan.Connects ? ValueTask.CompletedTask : _client.QuitAsync();

    ValueTask UnitAsync() => plan.Work switch
    {
        Work.Message or Work.Bulk => _client.SendAsync(plan.Letter),
        Work.Pipelined => _client.SendPipelinedAsync(plan.Letter),
        Work.Chunks => _client.SendChunksAsync(plan.Letter),
        Work.Idle => throw new InvalidOperationException("an idle session does nothing"),
        _ => SessionAsync(),
    };

    async ValueTask SessionAsync()
    {
        await _client.ConnectAsync();
        Cipher = _client.Cipher;
        if (plan.Target.Context is not null && _client.WasResumed != plan.Work is Work.Resumed)
            Unwanted++;
        if (plan.Work is Work.Session)
        {
            await _client.HelloAsync();
            await _client.SendAsync(plan.Letter);
        }
        await _client.QuitAsync();
    }
}
