using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>A wire in memory that allocates nothing once made: what is fed and what is sent have one buffer each. For counting allocations.</summary>
sealed class QuietWire : Wire
{
    readonly byte[] _in = new byte[1 << 20];
    readonly byte[] _out = new byte[1 << 20];
    int _read;
    int _fed;
    bool _hasEnded;

    public Action? Edge { get; set; }

    public int SentLength { get; private set; }

    public ReadOnlySpan<byte> Sent => _out.AsSpan(0, SentLength);

    public override bool IsReadable => _read < _fed || _hasEnded;

    public override bool PeerEnded => _hasEnded;

    public override bool IsWritable => true;

    public void Feed(ReadOnlySpan<byte> octets)
    {
        if (_read == _fed)
            _read = _fed = 0;
        octets.CopyTo(_in.AsSpan(_fed));
        _fed += octets.Length;
        Edge!();
    }

    public void Forget() => SentLength = 0;

    /// <summary>As if it had been made anew.</summary>
    public void Renew()
    {
        _read = _fed = SentLength = 0;
        _hasEnded = false;
    }

    /// <summary>The peer's FIN.</summary>
    public void End()
    {
        _hasEnded = true;
        Edge!();
    }

    public override int Receive(Span<byte> into)
    {
        int count = Peek(into);
        _read += Math.Max(count, 0);
        return count;
    }

    public override int Peek(Span<byte> into)
    {
        int count = Math.Min(into.Length, _fed - _read);
        _in.AsSpan(_read, count).CopyTo(into);
        return count == 0 && !_hasEnded ? WouldBlock : count;
    }

    public override int Send(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_out.AsSpan(SentLength));
        SentLength += octets.Length;
        return octets.Length;
    }

    public override void ShutdownSend()
    {
    }

    public override void Close(bool reset)
    {
    }
}
