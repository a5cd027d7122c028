namespace SmtpTlsProxy.Transport.Loops;

/// <summary>Waiters in the order they are to run, linked through themselves. A waiter is on one queue at most.</summary>
struct WaiterQueue
{
    Waiter? _head;
    Waiter? _tail;

    internal int Count { get; private set; }

    internal void Add(Waiter waiter)
    {
        if (_tail is null)
            _head = waiter;
        else
            _tail.QueueNext = waiter;
        _tail = waiter;
        Count++;
    }

    internal Waiter Take()
    {
        Waiter waiter = _head!;
        _head = waiter.QueueNext;
        if (_head is null)
            _tail = null;
        waiter.QueueNext = null;
        Count--;
        return waiter;
    }
}
