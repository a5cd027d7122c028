namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.OpenSsl;

public sealed partial class Leg
{
    // Exactly what was looked at was taken: the wire has not noticed whether anything is behind it.
    bool _hasSkipped;

    /// <summary>
    /// Nothing waits to be read: no rest, nothing inside TLS, and the wire, really asked, has nothing. An ended input is empty.
    /// In clear nothing is taken off the wire: what waits there may be a ClientHello (rule 3.3).
    /// </summary>
    public bool InputIsEmpty() => _input.IsEmpty && ProbeEnd() is not ReadStatus.Data;

    /// <summary>
    /// Looks for the input's end without consuming: <see cref="ReadStatus.Data"/> while octets wait, <see cref="ReadStatus.Empty"/> for none, else
    /// how it ended.
    /// Costs a system call. Dialling watches the client by it.
    /// </summary>
    public ReadStatus ProbeEnd()
    {
        AssertLoop();
        if (_end is not ReadStatus.Empty)
            return _end;
        if (_wire.IsReset)
            return ReadStatus.Lost;
        if (!_input.IsEmpty)
            return ReadStatus.Data;
        return _tls is null ? ProbeClear() : Fill();
    }

    /// <summary>
    /// As <see cref="ProbeEnd"/>, but goes by what the wire has told so far: no system call while it has told nothing. What is on its way is told by the
    /// next wake.
    /// </summary>
    public ReadStatus LookForEnd() => IsQuiet ? _end : ProbeEnd();

    /// <summary>Octets wait to be read, as far as the wire has told; asked for only where it has told something.</summary>
    public bool HasInput => !IsQuiet && !InputIsEmpty();

    bool IsQuiet => _end is ReadStatus.Empty && _input.IsEmpty && !MayFindOctets && !_wire.PeerEnded && !_wire.IsReset && !_sendFailed;

    /// <summary>
    /// Looks at raw octets before TLS, as a PROXY header: the count, 0 at the peer's FIN, <see cref="Wire.WouldBlock"/> or <see cref="Wire.Lost"/>.
    /// </summary>
    public int Peek(Span<byte> into)
    {
        AssertLoop();
        AssertUntouched();
        if (_end is not ReadStatus.Empty)
            return _end is ReadStatus.End ? 0 : Wire.Lost;
        int count = _wire.Peek(into);
        _hasSkipped = false;
        // Remembered, because a kernel tells a reset once.
        if (count is 0)
            Ended(ReadStatus.End);
        else if (count is Wire.Lost)
            Ended(ReadStatus.Lost);
        return count;
    }

    /// <summary>
    /// Receives and drops exactly the <paramref name="n"/> raw octets just looked at; what follows them stays in the kernel for the handshake.
    /// </summary>
    public void Skip(int n)
    {
        AssertLoop();
        AssertUntouched();
        _hasSkipped |= n > 0;
        while (n > 0)
        {
            Span<byte> room = Room();
            int count = _wire.Receive(room[..Math.Min(n, room.Length)]);
            if (count <= 0)
                throw new InvalidOperationException("Octets were skipped that were not looked at before.");
            n -= count;
        }
    }

    ReadStatus ProbeClear()
    {
        Span<byte> one = stackalloc byte[1];
        return Peek(one) switch
        {
            > 0 => ReadStatus.Data,
            0 => ReadStatus.End,
            Wire.WouldBlock => _sendFailed ? ReadStatus.Lost : ReadStatus.Empty,
            _ => ReadStatus.Lost,
        };
    }

    void AssertUntouched()
    {
        if (_tls is not null || !_input.IsEmpty)
            throw new InvalidOperationException("Raw octets were asked for behind octets already received.");
    }
}
