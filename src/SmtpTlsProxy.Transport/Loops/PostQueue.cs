namespace SmtpTlsProxy.Transport.Loops;

/// <summary>The door from other threads: what is to run on the loop, in order. Two lists change places, so that nothing runs under the lock.</summary>
sealed class PostQueue
{
    readonly Lock _gate = new();
    List<Item> _arriving = [];
    List<Item> _running = [];
    volatile bool _isEmpty = true;
    bool _closed;

    readonly record struct Item(Action<object?> Work, object? State);

    internal bool IsEmpty => _isEmpty;

    /// <summary>False when the loop has stopped: nothing will run any more.</summary>
    internal bool TryAdd(Action<object?> work, object? state)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _arriving.Add(new Item(work, state));
            _isEmpty = false;
            return true;
        }
    }

    internal void Close()
    {
        lock (_gate)
            _closed = true;
    }

    /// <summary>Runs what had arrived when it was called; what that posts comes next time.</summary>
    internal void Run(Action<Exception> fault)
    {
        if (_isEmpty)
            return;
        lock (_gate)
        {
            (_arriving, _running) = (_running, _arriving);
            _isEmpty = true;
        }

        try
        {
            foreach (Item item in _running)
                Run(item, fault);
        }
        finally
        {
            _running.Clear();
        }
    }

    static void Run(Item item, Action<Exception> fault)
    {
        try
        {
            item.Work(item.State);
        }
        catch (Exception e)
        {
            // The loop's outermost frame: one bad post must not end every session of the loop.
            fault(e);
        }
    }
}
