namespace SmtpTlsProxy.Transport.Sockets;

/// <summary>
/// Whom an epoll event is for. A key is slot | generation &lt;&lt; 32: never a descriptor, whose number the kernel gives out again while events for its
/// former owner still lie in the batch. A slot is free again only when the batch is through.
/// </summary>
sealed class SlotTable
{
    readonly Stack<int> _free = new();
    readonly List<int> _left = [];
    IEpollSource?[] _sources = new IEpollSource?[64];
    uint[] _generations = new uint[64];
    int _used;

    /// <summary>Sources in the table.</summary>
    internal int Count { get; private set; }

    internal IEnumerable<IEpollSource> Sources => _sources.OfType<IEpollSource>();

    internal ulong Add(IEpollSource source)
    {
        int slot = _free.TryPop(out int free) ? free : Grow();
        _sources[slot] = source;
        Count++;
        return (uint)slot | ((ulong)_generations[slot] << 32);
    }

    /// <summary>Null for a key whose source has left.</summary>
    internal IEpollSource? Find(ulong key)
    {
        uint slot = (uint)key;
        return slot < (uint)_used && _generations[slot] == (uint)(key >> 32) ? _sources[slot] : null;
    }

    internal void Remove(ulong key)
    {
        if (Find(key) is null)
            return;
        int slot = (int)(uint)key;
        _sources[slot] = null;
        _generations[slot]++;
        _left.Add(slot);
        Count--;
    }

    /// <summary>The batch is through: no event names the slots of those who left any more.</summary>
    internal void BatchDone()
    {
        foreach (int slot in _left)
            _free.Push(slot);
        _left.Clear();
    }

    int Grow()
    {
        if (_used == _sources.Length)
        {
            Array.Resize(ref _sources, _used * 2);
            Array.Resize(ref _generations, _used * 2);
        }

        return _used++;
    }
}
