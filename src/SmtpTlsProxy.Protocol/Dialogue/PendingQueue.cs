namespace SmtpTlsProxy.Protocol;

/// <summary>
/// The replies still owed to the client, oldest first (rule 2.1): a ring that grows with what a client pipelines and then allocates no more.
/// Bounded by its owner, who reads no client while it is full. A mutable struct.
/// </summary>
struct PendingQueue()
{
    /// <summary>A client with so many unanswered commands is not read. One command takes at most two places.</summary>
    public const int Limit = 128;

    Pending[] _ring = new Pending[4];
    int _head;

    public int Count { get; private set; }

    public readonly bool IsEmpty => Count == 0;

    public readonly bool IsFull => Count >= Limit;

    /// <summary>The oldest place; there must be one.</summary>
    public readonly ref Pending Head => ref _ring[_head];

    /// <summary>The youngest place; there must be one.</summary>
    public readonly ref Pending Tail => ref this[Count - 1];

    public readonly ref Pending this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    public void Add(in Pending pending)
    {
        if (Count == _ring.Length)
            Grow();
        Count++;
        Tail = pending;
    }

    public Pending Take()
    {
        Pending taken = Head;
        Head = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return taken;
    }

    void Grow()
    {
        Pending[] larger = new Pending[_ring.Length * 2];
        for (int index = 0; index < Count; index++)
            larger[index] = this[index];
        (_ring, _head) = (larger, 0);
    }
}
