namespace SmtpTlsProxy.Transport.Sockets;

public sealed class SlotTableTests
{
    readonly SlotTable _slots = new();

    [Fact]
    public void AStaleEventDoesNotReachTheSlotsNextOwner()
    {
        Source first = new(), second = new();
        ulong old = _slots.Add(first);
        _slots.Remove(old);
        _slots.BatchDone();
        ulong key = _slots.Add(second);
        Assert.Equal((uint)old, (uint)key);
        Assert.Null(_slots.Find(old));
        Assert.Same(second, _slots.Find(key));
    }

    [Fact]
    public void ASlotIsNotGivenOutAgainWithinTheBatch()
    {
        ulong old = _slots.Add(new Source());
        _slots.Remove(old);
        Assert.NotEqual((uint)old, (uint)_slots.Add(new Source()));
        _slots.BatchDone();
        Assert.Equal((uint)old, (uint)_slots.Add(new Source()));
    }

    [Fact]
    public void RemovingTwiceRemovesOnce()
    {
        ulong key = _slots.Add(new Source());
        _slots.Remove(key);
        _slots.Remove(key);
        _slots.BatchDone();
        Assert.Equal(0, _slots.Count);
        Assert.NotEqual((uint)_slots.Add(new Source()), (uint)_slots.Add(new Source()));
    }

    [Fact]
    public void TheTableGrows()
    {
        Source[] sources = [.. Enumerable.Range(0, 1000).Select(static _ => new Source())];
        ulong[] keys = [.. sources.Select(_slots.Add)];
        Assert.All(keys.Zip(sources), pair => Assert.Same(pair.Second, _slots.Find(pair.First)));
        Assert.Null(_slots.Find(ulong.MaxValue));
    }

    sealed class Source : IEpollSource
    {
        public void OnEvents(uint events)
        {
        }

        public void LoopEnds()
        {
        }
    }
}
