namespace SmtpTlsProxy.Tests.Shared;

using SmtpTlsProxy.Transport.OpenSsl;

/// <summary>How fed octets are cut into receives.</summary>
public enum Cut
{
    /// <summary>As fed.</summary>
    Whole,

    /// <summary>Behind each LF.</summary>
    Line,

    /// <summary>Behind each octet.</summary>
    Byte,
}

/// <summary>
/// A wire in memory. Alone it is fed by the test and keeps what was sent; one of a pair it sends to the other. A receive never crosses a cut.
/// </summary>
public sealed class MemoryWire : Wire
{
    readonly Queue<ReadOnlyMemory<byte>> _segments = new();
    readonly List<byte> _taken = [];
    MemoryWire? _other;
    long _window = long.MaxValue;
    bool _ended;
    bool _endSeen;
    bool _reset;
    bool _sendEnded;

    /// <summary>Two wires, each the other's peer.</summary>
    public static (MemoryWire Near, MemoryWire Far) Pair()
    {
        MemoryWire near = new();
        MemoryWire far = new() { _other = near };
        near._other = far;
        return (near, far);
    }

    /// <summary>Called for what the kernel would signal: octets, an end, room.</summary>
    public Action? Edge { get; set; }

    /// <summary>The most that a receive gives.</summary>
    public int MostAtOnce { get; set; } = int.MaxValue;

    /// <summary>Octets that a send still takes; raising it is an edge.</summary>
    public long Window
    {
        get => _window;
        set
        {
            _window = value;
            Edge?.Invoke();
        }
    }

    /// <summary>All that was sent here.</summary>
    public byte[] Taken => [.. _taken];

    /// <summary>Receives asked for, found or not: each would be a system call.</summary>
    public int Receives { get; private set; }

    /// <summary>Sends asked for.</summary>
    public int Sends { get; private set; }

    /// <summary>Our direction was ended.</summary>
    public bool SendEnded => _sendEnded;

    public bool IsClosed { get; private set; }

    public bool WasReset { get; private set; }

    public override bool IsReadable => _segments.Count > 0 || _reset || (_ended && !_endSeen);

    public override bool IsReset => _reset;

    public override bool PeerEnded => _ended || _reset;

    public override bool IsWritable => _window > 0 || _reset;

    /// <summary>Octets arrive.</summary>
    public void Feed(ReadOnlySpan<byte> octets, Cut cut = Cut.Whole)
    {
        while (octets.Length > 0)
        {
            int length = cut switch
            {
                Cut.Byte => 1,
                Cut.Line => octets.IndexOf((byte)'\n') is >= 0 and int at ? at + 1 : octets.Length,
                _ => octets.Length,
            };
            _segments.Enqueue(octets[..length].ToArray());
            octets = octets[length..];
        }
        Edge?.Invoke();
    }

    /// <summary>The peer's FIN arrives behind what was fed.</summary>
    public void End()
    {
        _ended = true;
        Edge?.Invoke();
    }

    /// <summary>The peer's RST arrives; what was fed and not received is gone.</summary>
    public void Reset()
    {
        _reset = true;
        _segments.Clear();
        Edge?.Invoke();
    }

    public override int Receive(Span<byte> into)
    {
        Receives++;
        int count = Peek(into);
        _endSeen |= count == 0;
        if (count > 0)
            Drop(count);
        return count;
    }

    public override int Peek(Span<byte> into)
    {
        if (_reset || IsClosed)
            return Lost;
        if (!_segments.TryPeek(out ReadOnlyMemory<byte> next))
            return _ended ? 0 : WouldBlock;
        int count = Math.Min(Math.Min(into.Length, next.Length), MostAtOnce);
        next.Span[..count].CopyTo(into);
        return count;
    }

    public override int Send(ReadOnlySpan<byte> octets)
    {
        Sends++;
        if (_reset || IsClosed || _sendEnded)
            return Lost;
        int count = (int)Math.Min(octets.Length, _window);
        if (count == 0)
            return WouldBlock;
        if (_window != long.MaxValue)
            _window -= count;
        _taken.AddRange(octets[..count]);
        _other?.Feed(octets[..count]);
        return count;
    }

    public override void ShutdownSend()
    {
        if (_sendEnded)
            return;
        _sendEnded = true;
        _other?.End();
    }

    public override void Close(bool reset)
    {
        if (IsClosed)
            return;
        (IsClosed, WasReset) = (true, reset);
        if (reset)
            _other?.Reset();
        else
            ShutdownSend();
    }

    void Drop(int count)
    {
        ReadOnlyMemory<byte> first = _segments.Dequeue();
        if (count == first.Length)
            return;
        ReadOnlyMemory<byte>[] others = [first[count..], .. _segments];
        _segments.Clear();
        foreach (ReadOnlyMemory<byte> segment in others)
            _segments.Enqueue(segment);
    }
}
