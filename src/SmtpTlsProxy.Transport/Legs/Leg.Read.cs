namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.OpenSsl;

public sealed partial class Leg
{
    // Empty while the input goes on; then what ended it, for good.
    ReadStatus _end = ReadStatus.Empty;
    bool _wantsMore;

    /// <summary>The input has ended, by FIN, close_notify or loss: known from a read or a probe.</summary>
    public bool InputEnded => _end is not ReadStatus.Empty;

    /// <summary>
    /// Lends what was received: the unconsumed rest without a system call, else what can be had now. The span dies with the next call that reads on
    /// this loop, or with the turn.
    /// </summary>
    public ReadStatus TryRead(out ReadOnlySpan<byte> lent)
    {
        AssertLoop();
        ReadStatus status = !_input.IsEmpty && !_wantsMore ? ReadStatus.Data : Fill();
        lent = status is ReadStatus.Data ? _input.Rest : default;
        return status;
    }

    /// <summary>Gives back the first <paramref name="n"/> lent octets; the others are offered again.</summary>
    public void Consume(int n) => _input.Consume(n);

    /// <summary>The rest is too short to be understood: the next <see cref="TryRead"/> receives behind it. It may grow to 128 KiB.</summary>
    public void NeedMore() => _wantsMore = true;

    ReadStatus Fill()
    {
        if (_end is not ReadStatus.Empty)
            return _end;
        if (!MayFindOctets)
            return FoundNothing();
        ReadStatus status = Receive(Room(), out int count);
        if (status is ReadStatus.Empty)
            return FoundNothing();
        if (status is not ReadStatus.Data)
            return Ended(status);
        BytesIn += count;
        _wantsMore = false;
        _input.Received(count);
        return ReadStatus.Data;
    }

    // Behind the rest. Scanners give up long before the limit: a rest that fills it is a scanner that waits for ever.
    Span<byte> Room()
    {
        Span<byte> room = _input.Lend();
        return room.IsEmpty ? throw new InvalidOperationException("More was asked for behind 128 KiB of rest.") : room;
    }

    bool MayFindOctets => _wire.IsReadable || _tls is { HasPending: true };

    ReadStatus Receive(Span<byte> room, out int count) => _tls is { } tls ? Decrypt(tls, room, out count) : ReceiveClear(room, out count);

    ReadStatus ReceiveClear(Span<byte> room, out int count) => (count = _wire.Receive(room)) switch
    {
        > 0 => ReadStatus.Data,
        0 => ReadStatus.End,
        Wire.WouldBlock => ReadStatus.Empty,
        _ => ReadStatus.Lost,
    };

    // What came before the loss was used first (rule 6.5); now a failed send is told.
    ReadStatus FoundNothing() => _sendFailed ? Ended(ReadStatus.Lost) : ReadStatus.Empty;

    // A kernel that told the reset to a send tells a read the end: it is lost all the same.
    ReadStatus Ended(ReadStatus how)
    {
        _end = _sendFailed ? ReadStatus.Lost : how;
        _input.Release();
        return _end;
    }
}
