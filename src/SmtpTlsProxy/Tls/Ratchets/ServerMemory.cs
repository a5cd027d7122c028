using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>A destination as it is remembered. <paramref name="Last"/>: what was seen last, where that is known.</summary>
/// <param name="Upstream">The upstream's name.</param>
/// <param name="Destination">The destination's id.</param>
/// <param name="Address">Where it was: another address is another server.</param>
/// <param name="Best">The best security seen.</param>
/// <param name="Since">When the best was first seen.</param>
/// <param name="Last">The security seen last.</param>
/// <param name="LastSince">Since when it is so.</param>
sealed record RememberedServer(
    string Upstream, string Destination, string Address, SeenSecurity Best, DateTimeOffset Since, SeenSecurity Last, DateTimeOffset LastSince)
{
    /// <summary>What was lost, where nothing above <paramref name="newest"/> is spoken.</summary>
    public Downgrade LossWithin(TlsVersion newest) => Last.LossSince(Best.Within(newest));
}

/// <summary>What was seen of one destination. Used from all loops: a lock is held for a comparison, once a session.</summary>
sealed class ServerMemory(string upstream, string destination, string address, TimeProvider time, Action changed)
{
    /// <summary>A loss that goes on is told this often.</summary>
    static readonly TimeSpan _toldEvery = TimeSpan.FromMinutes(10);

    readonly Lock _lock = new();
    RememberedServer? _seen;
    SeenSecurity _toldOf;
    long _told;

    /// <summary>Null: nothing was seen yet.</summary>
    public RememberedServer? Seen { get { lock (_lock) return _seen; } }

    /// <summary>What is known from before this process.</summary>
    public void Recall(RememberedServer known)
    {
        lock (_lock)
            _seen ??= known;
    }

    /// <summary>
    /// This is what the leg is worth now; says what was lost. <paramref name="isNews"/>: it is worth a line. <paramref name="newest"/>: nothing above it is
    /// spoken by us, so its lack is not the server's. A leg that lost something never raises the best: whoever made it less may have made all of it.
    /// </summary>
    public Downgrade Observe(SeenSecurity now, out SeenSecurity best, out bool isNews, TlsVersion newest = TlsVersion.Tls13)
    {
        bool differs;
        Downgrade loss;
        lock (_lock)
        {
            best = _seen?.Best ?? now;
            loss = now.LossSince(best.Within(newest));
            differs = _seen is null || now != _seen.Last || now.BestOf(best) != best;
            isNews = loss is not Downgrade.None && IsNews(now);
            if (differs)
                Remember(now, now.BestOf(best));
        }
        if (differs)
            changed();
        return loss;
    }

    // A server that is now so and now so is told no more often for it.
    bool IsNews(SeenSecurity now)
    {
        if (_told != 0 && now == _toldOf && time.GetElapsedTime(_told) < _toldEvery)
            return false;
        (_toldOf, _told) = (now, time.GetTimestamp());
        return true;
    }

    void Remember(SeenSecurity now, SeenSecurity best)
    {
        DateTimeOffset here = time.GetUtcNow();
        _seen = new RememberedServer(
            upstream, destination, address,
            best, _seen is { } known && known.Best == best ? known.Since : here,
            now, _seen is { } before && before.Last == now ? before.LastSince : here);
    }
}
