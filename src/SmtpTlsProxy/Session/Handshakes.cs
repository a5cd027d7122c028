using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>
/// One listener's handshakes under way, over all its loops (rule 6.2). At the cap the one that has waited longest for its peer makes room: silent
/// peers, and those that trickle, shut nobody out. Holds no more than the cap.
/// </summary>
/// <remarks>
/// A list in the order of arrival, walked only at the cap: who waits for whom changes several times a handshake, and costs two stores that way.
/// </remarks>
sealed class Handshakes(int limit)
{
    readonly Lock _lock = new();
    Handshake? _first;
    Handshake? _last;
    int _count;
    long _turns;

    /// <summary>Handshakes under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>One more begins; <see cref="Handshake.Leave"/> follows. Another one may be ended for it.</summary>
    public Handshake Enter(Leg client)
    {
        Handshake entered = new(this, client);
        Handshake? longest = null;
        lock (_lock)
        {
            if (_count >= limit && LongestWaiting() is { } waiting)
                Unlink(longest = waiting);
            Link(entered);
        }
        longest?.End();
        return entered;
    }

    /// <summary>Ended, well or not; one that had to make room has left already.</summary>
    public void Remove(Handshake handshake)
    {
        lock (_lock)
        {
            if (handshake.IsLinked)
                Unlink(handshake);
        }
    }

    /// <summary>A number that grows: the later turn.</summary>
    public long NextTurn() => Interlocked.Increment(ref _turns);

    // Those that wait for us come last: their peers have done what was asked of them.
    Handshake? LongestWaiting()
    {
        Handshake? longest = _first;
        for (Handshake? other = longest?.Next; other is not null; other = other.Next)
        {
            if (other.WaitsLongerThan(longest!))
                longest = other;
        }
        return longest;
    }

    void Link(Handshake handshake)
    {
        (handshake.Previous, handshake.IsLinked) = (_last, true);
        if (_last is { } last)
            last.Next = handshake;
        else
            _first = handshake;
        _last = handshake;
        _count++;
    }

    void Unlink(Handshake handshake)
    {
        if (handshake.Previous is { } previous)
            previous.Next = handshake.Next;
        else
            _first = handshake.Next;
        if (handshake.Next is { } next)
            next.Previous = handshake.Previous;
        else
            _last = handshake.Previous;
        (handshake.Previous, handshake.Next, handshake.IsLinked) = (null, null, false);
        _count--;
    }
}
