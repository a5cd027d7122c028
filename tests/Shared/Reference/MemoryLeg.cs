namespace SmtpTlsProxy.Reference;

/// <summary>One leg in memory: what came in and is not consumed, and what went out as far as the peer took it.</summary>
sealed class MemoryLeg
{
    /// <summary>No leg takes more for its peer than this before it asks for patience.</summary>
    public const int MostUnsent = 4096;

    byte[] _input = new byte[256];
    int _start, _end, _needed;

    readonly List<byte> _said = [], _taken = [], _unsent = [];

    public Protocol.InputEnd? End { get; set; }

    public ReadOnlySpan<byte> Rest => _input.AsSpan(_start.._end);

    public bool IsEmpty => _start == _end;

    public bool HasData => _end - _start > _needed;

    public int MostWaiting { get; private set; }

    /// <summary>Octets that the peer still takes.</summary>
    public long Window { get; set; } = long.MaxValue;

    public int Unsent => _unsent.Count;

    public bool CanWrite => Unsent < MostUnsent;

    public int Said => _said.Count;

    public int Taken => _taken.Count;

    public string AllSaid => Latin(_said);

    public string AllTaken => Latin(_taken);

    /// <summary>Nothing written from now on goes anywhere.</summary>
    public bool IsCut { get; private set; }

    /// <summary>What was queued died with the connection.</summary>
    public bool LostOctets { get; private set; }

    public void Feed(ReadOnlySpan<byte> octets)
    {
        foreach (byte octet in octets)
            _said.Add(octet);
        if (_end + octets.Length > _input.Length)
            Compact(octets.Length);
        octets.CopyTo(_input.AsSpan(_end));
        _end += octets.Length;
    }

    public void Consume(int count)
    {
        if (count < 0 || count > _end - _start)
            throw new MismatchException($"{count} octets consumed of {_end - _start}");
        (_start, _needed) = (_start + count, 0);
    }

    public void NeedMore()
    {
        _needed = _end - _start;
        MostWaiting = Math.Max(MostWaiting, _needed);
    }

    public void Write(ReadOnlySpan<byte> octets)
    {
        if (IsCut && !octets.IsEmpty)
            throw new MismatchException("octets were written to a leg that was cut");
        foreach (byte octet in octets)
            _unsent.Add(octet);
    }

    public void Flush()
    {
        int count = (int)Math.Min(Window, _unsent.Count);
        if (count == 0)
            return;
        _taken.AddRange(_unsent[..count]);
        _unsent.RemoveRange(0, count);
        Window -= count;
    }

    public void Cut()
    {
        LostOctets |= _unsent.Count > 0;
        _unsent.Clear();
        IsCut = true;
    }

    static string Latin(List<byte> octets) => System.Text.Encoding.Latin1.GetString([.. octets]);

    void Compact(int room)
    {
        byte[] next = new byte[Math.Max(_input.Length, 2 * (_end - _start + room))];
        Rest.CopyTo(next);
        (_input, _start, _end) = (next, 0, _end - _start);
    }
}
