namespace SmtpTlsProxy.Transport.Loops;

/// <summary>
/// One leg's received and unconsumed octets, always contiguous. They lie in the loop's scratch while the loan lasts; an unfinished rest moves
/// to a carry from the loop's slabs when another leg reads or the turn ends. With nothing unconsumed it holds no memory.
/// </summary>
public sealed unsafe class ScratchLoan(Loop loop)
{
    /// <summary>The most that can lie unconsumed.</summary>
    public const int Limit = Slabs.Largest;

    // Up to here a rest is moved to the scratch's front and received behind; a longer one would leave too little room.
    const int WorthMoving = LoopScratch.Size / 2;

    byte* _start;
    int _length;
    Slab _carry;

    /// <summary>The unconsumed octets. The span is good until the next call on any leg of the loop that receives, and never across an await.</summary>
    public ReadOnlySpan<byte> Rest => new(_start, _length);

    /// <summary>Nothing is unconsumed.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Where to receive next, directly behind <see cref="Rest"/>; empty only when <see cref="Limit"/> octets are unconsumed.</summary>
    public Span<byte> Lend()
    {
        loop.Demand();
        if (_length <= WorthMoving)
            return LendScratch();
        return LendCarry();
    }

    /// <summary>So many octets were received into what <see cref="Lend"/> gave.</summary>
    public void Received(int count) => _length += count;

    /// <summary>Drops octets from the front.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_length, nameof(count));
        Poison.Fill(new Span<byte>(_start, count));
        _start += count;
        _length -= count;
        if (_length == 0)
            ReturnCarry();
    }

    /// <summary>Drops everything: the leg ends. Idempotent.</summary>
    public void Release()
    {
        Consume(_length);
        loop.Scratch.Forget(this);
    }

    /// <summary>The loan ends: what is unfinished moves out of the scratch.</summary>
    internal void MoveToCarry()
    {
        if (_length > 0 && _carry.IsNone)
            MoveInto(loop.Slabs.Rent(_length));
    }

    Span<byte> LendScratch()
    {
        byte* scratch = loop.Scratch.Lend(this);
        if (_length > 0 && _start != scratch)
            MoveTo(scratch);
        _start = scratch;
        ReturnCarry();
        return new Span<byte>(scratch + _length, LoopScratch.Size - _length);
    }

    Span<byte> LendCarry()
    {
        if (_carry.Size < Limit)
            MoveInto(loop.Slabs.Rent(Limit));
        else if (_start != _carry.Start)
            MoveTo(_carry.Start);
        return _carry.Span[_length..];
    }

    void MoveInto(Slab slab)
    {
        MoveTo(slab.Start);
        ReturnCarry();
        _carry = slab;
    }

    void MoveTo(byte* start)
    {
        Span<byte> old = new(_start, _length);
        old.CopyTo(new Span<byte>(start, _length));
        PoisonMoved(old, start);
        _start = start;
    }

    void PoisonMoved(Span<byte> old, byte* start)
    {
        // The two may overlap within one buffer: only what the new place does not cover.
        bool overlaps = start < _start + _length && _start < start + _length;
        Poison.Fill(overlaps ? old[^(int)(_start - start)..] : old);
    }

    void ReturnCarry()
    {
        loop.Slabs.Return(_carry);
        _carry = default;
    }
}
