using System.Net;

namespace SmtpTlsProxy.Listener;

/// <summary>
/// New connections a minute by address (rule 6.2): those of this minute, and of the one before the share that a sliding minute still covers.
/// A flood of addresses costs bounded memory: a full minute ends early, so that history becomes shorter, never longer.
/// </summary>
sealed class AddressRates(TimeProvider time, int most = AddressRates.Most)
{
    /// <summary>Addresses remembered in each of the two minutes: about a megabyte of both.</summary>
    public const int Most = 16_384;

    static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    Dictionary<UInt128, int> _now = [];
    Dictionary<UInt128, int> _before = [];
    long _began = time.GetTimestamp();

    /// <summary>Addresses remembered.</summary>
    public int Count => _now.Count + _before.Count;

    /// <summary>Counts a connection in, unless the address had <paramref name="limit"/> or more. One that is refused does not count: who slows down gets in.</summary>
    public bool TryEnter(IPAddress address, int limit)
    {
        UInt128 key = AddressKey.Of(address);
        lock (_lock)
        {
            double left = Turn();
            int now = _now.GetValueOrDefault(key);
            if (now + (_before.GetValueOrDefault(key) * left) >= limit)
                return false;
            if (now == 0 && _now.Count >= most)
                Next();
            _now[key] = now + 1;
            return true;
        }
    }

    // The share of the minute before that still counts.
    double Turn()
    {
        TimeSpan passed = time.GetElapsedTime(_began);
        if (passed >= 2 * _minute)
            _now.Clear();
        if (passed >= _minute)
        {
            Next();
            passed = passed < 2 * _minute ? passed - _minute : TimeSpan.Zero;
            _began = time.GetTimestamp() - (long)(passed.TotalSeconds * time.TimestampFrequency);
        }
        return 1 - (passed / _minute);
    }

    void Next()
    {
        (_before, _now) = (_now, _before);
        _now.Clear();
        _began = time.GetTimestamp();
    }
}
