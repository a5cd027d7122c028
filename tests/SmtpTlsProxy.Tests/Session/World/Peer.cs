using System.Text;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Somebody on the far side of one of the proxy's legs, in clear or under real OpenSSL. Does nothing but in its turn.</summary>
sealed class Peer : IDisposable
{
    readonly List<byte> _inbox = [];
    readonly byte[] _room = new byte[128 * 1024];
    TlsConnection? _tls;
    HandshakeStep _step = HandshakeStep.Done;

    public Peer(MemoryWire near, MemoryWire far)
    {
        Near = near;
        Wire = new FarWire(near, far);
    }

    /// <summary>The proxy's end: what it sent, its window, how it was closed.</summary>
    public MemoryWire Near { get; }

    public FarWire Wire { get; }

    /// <summary>Called in each turn, behind reading.</summary>
    public Action? Reaction { get; set; }

    /// <summary>How the input ended; Empty while it goes on.</summary>
    public TlsRead InputEnd { get; private set; } = TlsRead.Empty;

    public bool IsTls => _tls is not null && _step is HandshakeStep.Done;

    public bool HandshakeFailed => _step is HandshakeStep.Failed;

    /// <summary>It no longer reads: what the proxy sends stays on the wire.</summary>
    public bool IsDeaf { get; set; }

    public void Say(string words) => Say(Encoding.Latin1.GetBytes(words));

    public void Say(ReadOnlySpan<byte> octets)
    {
        if (_tls is null)
        {
            Wire.Send(octets);
            return;
        }
        _tls.Write(octets);
        _tls.Flush();
    }

    /// <summary>What was heard since the last time.</summary>
    public string Hear()
    {
        string heard = Encoding.Latin1.GetString([.. _inbox]);
        _inbox.Clear();
        return heard;
    }

    /// <summary>The next whole line, without its CRLF.</summary>
    public string? TakeLine()
    {
        int at = _inbox.IndexOf((byte)'\n');
        if (at < 0)
            return null;
        string line = Encoding.Latin1.GetString([.. _inbox[..(at + 1)]]);
        _inbox.RemoveRange(0, at + 1);
        return line.EndsWith("\r\n", StringComparison.Ordinal) ? line[..^2] : line;
    }

    /// <summary>Begins a handshake; a server's has no target.</summary>
    public void Shake(TlsContext context, TlsTarget? target)
    {
        _tls = new TlsConnection(context, Wire, target);
        _step = HandshakeStep.NeedsOctets;
    }

    /// <summary>FIN, under TLS behind close_notify.</summary>
    public void End()
    {
        if (IsTls)
            CloseNotify();
        Wire.ShutdownSend();
    }

    /// <summary>close_notify alone.</summary>
    public void CloseNotify()
    {
        _tls!.CloseNotify();
        _tls.Flush();
    }

    /// <summary>RST.</summary>
    public void Reset() => Wire.Close(reset: true);

    /// <summary>Reads, reacts, and has one segment delivered. False when nothing happened.</summary>
    public bool Turn()
    {
        bool worked = ShakeOn() | (!IsDeaf && Read());
        Reaction?.Invoke();
        return Wire.Deliver() || worked;
    }

    public void Dispose() => _tls?.Dispose();

    bool ShakeOn()
    {
        if (_tls is null || _step is HandshakeStep.Done or HandshakeStep.Failed)
            return false;
        HandshakeStep before = _step;
        _step = _tls.Handshake();
        _tls.Flush();
        return _step != before;
    }

    bool Read()
    {
        if (_step is not HandshakeStep.Done || InputEnd is not TlsRead.Empty)
            return false;
        bool worked = false;
        while (Receive(out int count) is var status && (status is TlsRead.Data || Ended(status)))
        {
            _inbox.AddRange(_room.AsSpan(0, count));
            worked = true;
        }
        return worked;
    }

    bool Ended(TlsRead status)
    {
        InputEnd = status;
        return false;
    }

    TlsRead Receive(out int count)
    {
        if (_tls is not null)
            return _tls.Read(_room, out count);
        int got = Wire.Receive(_room);
        count = Math.Max(got, 0);
        return got switch
        {
            > 0 => TlsRead.Data,
            0 => TlsRead.End,
            Wire_WouldBlock => TlsRead.Empty,
            _ => TlsRead.Lost,
        };
    }

    const int Wire_WouldBlock = Transport.OpenSsl.Wire.WouldBlock;
}
