namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.OpenSsl;

public sealed partial class Leg
{
    /// <summary>From so many unsent octets on, <see cref="CanWrite"/> is false.</summary>
    public const int HighWater = 64 * 1024;

    // A write of this size goes out at once: copying it to save a send costs more than the send.
    const int DirectSize = 16 * 1024;

    bool _sendFailed;

    // After a failed handshake nothing is said in clear, ever (rule 3.5).
    bool _muted;

    /// <summary>Octets taken and not yet in the kernel.</summary>
    public int Unsent => _output.Length + (_tls?.Unsent ?? 0);

    /// <summary>False only while the kernel is full, so that an edge is certain to come.</summary>
    public bool CanWrite => Unsent < HighWater;

    /// <summary>
    /// Takes all: 16 KiB and more goes out now, less gathers until <see cref="Flush"/> or until 64 KiB are unsent. Octets for a lost leg are dropped;
    /// the next read tells.
    /// </summary>
    public void Write(ReadOnlySpan<byte> all)
    {
        AssertLoop();
        if (all.IsEmpty || !MaySend)
            return;
        BytesOut += all.Length;
        if (_tls is { } tls)
            WriteTls(tls, all);
        else
            WriteClear(all);
        if (all.Length >= DirectSize || !CanWrite)
            FlushOutput();
    }

    /// <summary>Sends what is gathered, with one send.</summary>
    public void Flush()
    {
        AssertLoop();
        if (MaySend)
            FlushOutput();
    }

    bool MaySend => !_closed && !_sendFailed && !_muted;

    void WriteClear(ReadOnlySpan<byte> all)
    {
        if (all.Length >= DirectSize && _output.IsEmpty)
            all = all[Send(all)..];
        if (MaySend)
            _output.Append(all);
    }

    void FlushOutput()
    {
        if (_tls is { } tls)
            FlushTls(tls);
        else
            FlushClear();
    }

    void FlushClear()
    {
        while (!_output.IsEmpty && _wire.IsWritable)
            _output.Consume(Send(_output.Octets));
    }

    // A short send clears IsWritable: the loop ends with the kernel full or the octets out.
    int Send(ReadOnlySpan<byte> octets)
    {
        int sent = 0;
        while (sent < octets.Length && _wire.IsWritable)
        {
            int count = _wire.Send(octets[sent..]);
            if (count is Wire.Lost)
                return SendFailed();
            sent += Math.Max(count, 0);
        }
        return sent;
    }

    int SendFailed()
    {
        _sendFailed = true;
        _output.Drop();
        Waiter.SignalOctets(); // no edge may follow: the session is to read the loss
        return 0;
    }
}
