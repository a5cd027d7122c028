namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.Loops;

/// <summary>
/// Octets gathered and not yet sent, in order: one contiguous slab, which grows, so that a flush is one send. What exceeds the largest slab follows in
/// slabs of its own; only a single write of more than 64 KiB comes there. Holds no memory when empty.
/// </summary>
sealed class LegOutput(Slabs slabs)
{
    Slab _slab;
    int _start;
    int _end;
    Queue<(Slab Slab, int Length)>? _behind;

    /// <summary>All octets held.</summary>
    internal int Length { get; private set; }

    internal bool IsEmpty => Length == 0;

    /// <summary>The first octets held: all of them, but for what lies in slabs behind.</summary>
    internal ReadOnlySpan<byte> Octets => _slab.IsNone ? default : _slab.Span[_start.._end];

    internal void Append(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        if (_behind is null or { Count: 0 })
            octets = octets[Fill(octets)..];
        while (!octets.IsEmpty)
        {
            int now = Math.Min(octets.Length, Slabs.Largest);
            Slab slab = slabs.Rent(now);
            octets[..now].CopyTo(slab.Span);
            (_behind ??= new()).Enqueue((slab, now));
            octets = octets[now..];
        }
    }

    /// <summary>Octets have gone from the front of <see cref="Octets"/>.</summary>
    internal void Consume(int count)
    {
        _start += count;
        Length -= count;
        if (_start == _end)
            NextSlab();
    }

    /// <summary>Forgets everything. Idempotent.</summary>
    internal void Drop()
    {
        while (!IsEmpty)
            Consume(Octets.Length);
    }

    int Fill(ReadOnlySpan<byte> octets)
    {
        if (_slab.Size - _end < octets.Length)
            MakeRoom(Math.Min(_end - _start + octets.Length, Slabs.Largest));
        int now = Math.Min(octets.Length, _slab.Size - _end);
        octets[..now].CopyTo(_slab.Span[_end..]);
        _end += now;
        return now;
    }

    void MakeRoom(int size)
    {
        Slab slab = _slab.Size < size ? slabs.Rent(size) : _slab;
        Octets.CopyTo(slab.Span);
        if (_slab.Size < size)
            slabs.Return(_slab);
        (_slab, _start, _end) = (slab, 0, _end - _start);
    }

    void NextSlab()
    {
        slabs.Return(_slab);
        (_slab, _start, _end) = (default, 0, 0);
        if (_behind is { Count: > 0 })
            (_slab, _end) = _behind.Dequeue();
    }
}
