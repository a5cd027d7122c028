using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>The far end of a wire of the proxy's. What is sent waits in segments, cut as asked, until the world delivers them one by one.</summary>
sealed class FarWire(MemoryWire near, MemoryWire far) : Wire
{
    readonly Queue<byte[]> _segments = new();
    Action? _end;

    /// <summary>How what is sent is cut.</summary>
    public Cut Cut { get; set; }

    /// <summary>One more cut, behind so many octets of the whole stream; negative for none.</summary>
    public long CutAt { get; set; } = -1;

    /// <summary>Behind so many octets of the whole stream nothing more is sent; negative: never.</summary>
    public long StopAt { get; set; } = -1;

    /// <summary>What happens there, once; null: silence.</summary>
    public Action? AtStop { get; set; }

    /// <summary>The stop was reached; the peer goes on without knowing it.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Octets sent.</summary>
    public long Sent { get; private set; }

    public override bool IsReadable => far.IsReadable;

    public override bool IsWritable => true;

    /// <summary>Receives that found octets: each was one send of the proxy's, if the room was large enough.</summary>
    public int Segments { get; private set; }

    public override int Receive(Span<byte> into)
    {
        int count = far.Receive(into);
        Segments += count > 0 ? 1 : 0;
        return count;
    }

    public override int Peek(Span<byte> into) => far.Peek(into);

    public override int Send(ReadOnlySpan<byte> octets)
    {
        if (StopAt < 0 || Sent + octets.Length <= StopAt)
            return Pass(octets);
        if (HasStopped)
            return octets.Length;
        Pass(octets[..(int)(StopAt - Sent)]);
        HasStopped = true;
        AtStop?.Invoke();
        return octets.Length;
    }

    int Pass(ReadOnlySpan<byte> octets)
    {
        int before = (int)Math.Clamp(CutAt - Sent, 0, octets.Length);
        CutInto(octets[..before]);
        CutInto(octets[before..]);
        Sent += octets.Length;
        return octets.Length;
    }

    /// <summary>FIN behind all that was sent.</summary>
    public override void ShutdownSend()
    {
        if (!HasStopped || AtStop is not null)
            _end = near.End;
    }

    public override void Close(bool reset)
    {
        if (!reset)
        {
            ShutdownSend();
            return;
        }
        _segments.Clear();
        near.Reset();
    }

    /// <summary>Delivers the next segment, or the end. False when there is none.</summary>
    public bool Deliver()
    {
        if (_segments.TryDequeue(out byte[]? segment))
        {
            near.Feed(segment);
            return true;
        }
        Action? end = _end;
        _end = null;
        end?.Invoke();
        return end is not null;
    }

    void CutInto(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            int length = Cut switch
            {
                Cut.Byte => 1,
                Cut.Line => octets.IndexOf((byte)'\n') is >= 0 and int at ? at + 1 : octets.Length,
                _ => octets.Length,
            };
            _segments.Enqueue(octets[..length].ToArray());
            octets = octets[length..];
        }
    }
}
