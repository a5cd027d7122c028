namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;

public sealed partial class Leg
{
    // What is discarded at a close before we stop being polite (rule 6.6).
    const int DiscardLimit = 256 * 1024;

    /// <summary>
    /// Ends in order (rule 6.6): what is unsent, close_notify, FIN; then input is discarded until the peer's end, <paramref name="linger"/> or 256
    /// KiB, because closing over
    /// unread input would reset the last words away. Zero lingers not at all.
    /// </summary>
    public async ValueTask CloseAsync(TimeSpan linger)
    {
        AssertLoop();
        Deadline deadline = Waiter.Loop.In(linger);
        bool waits = linger > TimeSpan.Zero;
        SayGoodbye();
        while (!_closed && Unsent > 0 && MaySend && waits)
        {
            waits = !Leaves(await Waiter.NextAsync(deadline));
            Flush();
        }
        if (!_closed && Unsent == 0)
            _wire.ShutdownSend();
        int allowed = DiscardLimit;
        while (waits && Discard(ref allowed))
            waits = !Leaves(await Waiter.NextAsync(deadline));
        Close(reset: _sendFailed || Unsent > 0);
    }

    /// <summary>Ends at once, by RST: what is unsent dies. Idempotent.</summary>
    public void Abort()
    {
        AssertLoop();
        Close(reset: true);
    }

    void SayGoodbye()
    {
        _input.Release();
        if (!MaySend)
            return;
        if (_tls is { } tls)
        {
            FlushTls(tls);
            tls.CloseNotify();
        }
        FlushOutput();
    }

    // True while the peer may still send: nothing is there now, and neither its end nor our limit was reached.
    bool Discard(ref int allowed)
    {
        while (!_closed && allowed > 0)
        {
            Span<byte> room = _input.Lend();
            int count = _wire.Receive(room);
            if (count is Wire.WouldBlock)
                return true;
            if (count <= 0)
                return false;
            allowed -= count;
        }
        return false;
    }

    static bool Leaves(Wake wake) => wake.IsTimer || wake.IsAbort;

    void Close(bool reset)
    {
        if (_closed)
            return;
        _closed = true;
        if (_end is ReadStatus.Empty)
            _end = ReadStatus.Lost;
        _input.Release();
        _output.Drop();
        Free(_tls);
        _tls = null;
        _wire.Close(reset);
        Waiter.Detach(this);
        Waiter.SignalOctets(); // who waits for this leg is to find it gone
    }
}
