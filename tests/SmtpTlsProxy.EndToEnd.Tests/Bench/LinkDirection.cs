using System.Diagnostics;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>How bad a link is, in each of its directions.</summary>
sealed record LinkQuality
{
    public int Seed { get; init; } = 1;

    /// <summary>The share of packets that get lost, and of those that arrive twice.</summary>
    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>How long a packet is under way, and how much longer or shorter at most: packets overtake each other.</summary>
    public TimeSpan Delay { get; init; }

    public TimeSpan Jitter { get; init; }
}

/// <summary>What became of the packets of one direction.</summary>
sealed record LinkCounts(int Passed, int Lost, int Duplicated, int Swallowed, int Crowded);

/// <summary>One direction of a link: which packets get lost, which arrive twice and when is drawn from a seed.</summary>
sealed class LinkDirection(TunDevice from, TunDevice to, LinkQuality quality, int seed, Func<byte[], bool> isSwallowed)
{
    /// <summary>Packets under way at once; more are dropped, as a router does.</summary>
    const int Room = 4_000;

    readonly byte[] _buffer = new byte[64 * 1024];
    readonly PriorityQueue<byte[], (long Due, int Order)> _underWay = new();
    readonly Random _random = new(seed);
    int _order, _passed, _lost, _duplicated, _swallowed, _crowded;

    public LinkCounts Counts => new(_passed, _lost, _duplicated, _swallowed, _crowded);

    /// <summary>How long until the next packet arrives; a negative number: none is under way.</summary>
    public int MillisecondsLeft => _underWay.TryPeek(out _, out (long Due, int) next)
        ? (int)Math.Clamp(Math.Ceiling(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next.Due).TotalMilliseconds), 0, 10_000)
        : -1;

    /// <summary>Takes what the sending network has for us.</summary>
    public void Take()
    {
        int count;
        while ((count = from.Receive(_buffer)) > 0)
            Send(_buffer[..count]);
    }

    /// <summary>Hands on what is due.</summary>
    public void Arrive()
    {
        while (_underWay.TryPeek(out byte[]? packet, out (long Due, int) next) && next.Due <= Stopwatch.GetTimestamp())
        {
            _underWay.Dequeue();
            if (Swallow(packet))
                continue;
            to.Send(packet);
            _passed++;
        }
    }

    void Send(byte[] packet)
    {
        if (Swallow(packet))
            return;
        if (_random.NextDouble() < quality.Loss)
        {
            _lost++;
            return;
        }
        Enqueue(packet);
        if (_random.NextDouble() >= quality.Duplication)
            return;
        _duplicated++;
        Enqueue(packet);
    }

    bool Swallow(byte[] packet)
    {
        if (!isSwallowed(packet))
            return false;
        _swallowed++;
        return true;
    }

    void Enqueue(byte[] packet)
    {
        if (_underWay.Count >= Room)
        {
            _crowded++;
            return;
        }
        TimeSpan underWay = quality.Delay + quality.Jitter * (2 * _random.NextDouble() - 1);
        long due = Stopwatch.GetTimestamp() + (long)(Math.Max(0, underWay.TotalSeconds) * Stopwatch.Frequency);
        _underWay.Enqueue(packet, (due, _order++));
    }
}
