using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>
/// One listener's handshakes under way, over all its loops (rule 6.2). At the cap the one that has waited longest for its peer makes room: silent
/// peers, and those that trickle, shut nobody out. Holds no more than the cap.
/// </summary>
sealed class Handshakes(int limit)
{
    readonly Lock _lock = new();
    readonly SortedSet<Handshake> _underWay = new(Handshake.LongestWaitFirst);
    long _last;

    /// <summary>Handshakes under way.</summary>
    public int Count { get { lock (_lock) return _underWay.Count; } }

    /// <summary>One more begins; <see cref="Handshake.Leave"/> follows. Another one may be ended for it.</summary>
    public Handshake Enter(Leg client)
    {
        Handshake? longest = null;
        Handshake entered;
        lock (_lock)
        {
            if (_underWay.Count >= limit && _underWay.Min is { } min && _underWay.Remove(min))
                longest = min;
            entered = new Handshake(this, client, ++_last);
            _underWay.Add(entered);
        }
        longest?.End();
        return entered;
    }

    /// <summary>Ended, well or not.</summary>
    public void Remove(Handshake handshake)
    {
        lock (_lock)
            _underWay.Remove(handshake);
    }

    /// <summary>It is another's turn now: the place in the order changes. Not of one that had to make room.</summary>
    public void Move(Handshake handshake, bool works, bool answered)
    {
        lock (_lock)
        {
            if (!_underWay.Remove(handshake))
                return;
            handshake.Stands(works, answered ? ++_last : handshake.Since);
            _underWay.Add(handshake);
        }
    }
}
