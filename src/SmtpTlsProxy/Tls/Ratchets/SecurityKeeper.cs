namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>
/// Keeps the memory on disk, off the loops: soon after something new was seen, and at the end. A disk that does not take it is told once, tried again,
/// and never in the way of mail.
/// </summary>
sealed class SecurityKeeper : IAsyncDisposable
{
    /// <summary>What is seen together is written together.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);

    /// <summary>After a failure.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    readonly SecurityMemory _memory;
    readonly SecurityFile _file;
    readonly TimeProvider _time;
    readonly Action<string> _warn;
    readonly SemaphoreSlim _news = new(0);
    readonly CancellationTokenSource _stop = new();
    readonly Task _keeping;
    int _isNew;
    bool _failed;

    SecurityKeeper(SecurityMemory memory, SecurityFile file, TimeProvider time, Action<string> warn)
    {
        (_memory, _file, _time, _warn) = (memory, file, time, warn);
        memory.Changed = Changed;
        _keeping = Task.Run(KeepAsync);
    }

    /// <summary>
    /// Recalls what is on disk, and keeps it from now on. A file that cannot be read is told and set aside, and nothing is recalled. Null: that failed too,
    /// so nothing is kept, and the file stays as it is.
    /// </summary>
    public static SecurityKeeper? Start(SecurityMemory memory, SecurityFile file, TimeProvider time, Action<string> warn)
    {
        try
        {
            memory.Recall(file.Load(out string? setAside));
            if (setAside is not null)
                warn(setAside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!IsSetAside(file, e.Message, warn))
                return null;
        }
        return new SecurityKeeper(memory, file, time, warn);
    }

    // What could not be read today may hold all that was seen: the first write must not replace it.
    static bool IsSetAside(SecurityFile file, string why, Action<string> warn)
    {
        string unread = $"{file.Path} cannot be read ({why})";
        try
        {
            warn($"{unread} and was set aside as {file.SetAside("unreadable")}: what was seen of servers before is not known.");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"{unread} nor set aside ({e.Message}): what was seen of servers before is not known, and what is seen from now on is not kept on disk.");
            return false;
        }
    }

    /// <summary>Writes what is new yet.</summary>
    public async ValueTask DisposeAsync()
    {
        _memory.Changed = static () => { };
        await _stop.CancelAsync();
        await _keeping;
        _stop.Dispose();
        _news.Dispose();
    }

    // From any loop: no more than a flag and, once, a signal.
    void Changed()
    {
        if (Interlocked.Exchange(ref _isNew, 1) == 0)
            _news.Release();
    }

    async Task KeepAsync()
    {
        while (await NewsAsync())
            Write();
        if (Volatile.Read(ref _isNew) == 1)
            Write();
    }

    async Task<bool> NewsAsync()
    {
        try
        {
            await _news.WaitAsync(_stop.Token);
            await Task.Delay(_failed ? Pause : Gathering, _time, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {   // the end
            return false;
        }
    }

    void Write()
    {
        Volatile.Write(ref _isNew, 0);
        try
        {
            _file.Write(_memory.Snapshot());
            _failed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_failed)
                _warn($"{_file.Path} cannot be written ({e.Message}): what is seen of servers would be forgotten at a restart.");
            _failed = true;
            Changed();
        }
    }
}
