namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Runtime.InteropServices;

/// <summary>
/// What OpenSSL reads from and writes to: a BIO over a <see cref="Wire"/>. The octets are ours all the time, so there is no second reader at the hand-off
/// from clear text,
/// a drained wire costs no system call, and a step's records leave with one send.
/// </summary>
/// <remarks>
/// The end is kept from OpenSSL, which hears "try again": so truncation can be told from close_notify, and writing goes on after the peer's FIN.
/// The BIO holds the one strong handle to this object; its destroy callback gives it up.
/// </remarks>
sealed class WireBio
{
    /// <summary>What may be gathered unasked: handshakes, alerts, answers to KeyUpdate. Beyond it OpenSSL has to wait, so a flood stays bounded.</summary>
    internal const int Limit = 128 * 1024;

    readonly Wire _wire;
    GatherBuffer _gathered;

    internal WireBio(Wire wire, TlsConnection connection)
    {
        _wire = wire;
        Connection = connection;
    }

    /// <summary>The connection above.</summary>
    internal TlsConnection Connection { get; }

    /// <summary>What a callback threw: OpenSSL must not be unwound, so it is kept and thrown behind the native call.</summary>
    internal Exception? Fault { get; set; }

    /// <summary>The application writes: all is taken, since the leg above keeps the measure.</summary>
    internal bool TakesAll { get; set; }

    internal bool ReceivedOctets { get; private set; }

    /// <summary>FIN was received.</summary>
    internal bool IsAtEnd { get; private set; }

    /// <summary>A receive found the peer gone.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>A send found the peer gone; what it had sent before may still be read.</summary>
    internal bool IsSendLost { get; private set; }

    /// <summary>A receive may find something.</summary>
    internal bool IsReadable => !IsAtEnd && !IsLost && _wire.IsReadable;

    internal int Unsent => _gathered.Length;

    /// <summary>The BIO, with a handle to this object inside.</summary>
    internal nint NewBio() => BioMethod.NewBio(GCHandle.ToIntPtr(GCHandle.Alloc(this)));

    /// <summary>Octets for OpenSSL, or -1: try again.</summary>
    internal int Receive(Span<byte> into)
    {
        if (!IsReadable)
            return -1;
        int count = _wire.Receive(into);
        if (count > 0)
        {
            ReceivedOctets = true;
            return count;
        }
        IsAtEnd |= count == 0;
        IsLost |= count == Wire.Lost;
        return -1;
    }

    /// <summary>Takes all of a write, or -1: try again.</summary>
    internal int Gather(ReadOnlySpan<byte> octets)
    {
        if (IsSendLost)
            return octets.Length;
        if (!TakesAll && _gathered.Length + octets.Length > Limit)
            return -1;
        _gathered.Append(octets);
        return octets.Length;
    }

    internal void Send()
    {
        if (_gathered.Length == 0 || !_wire.IsWritable)
            return;
        int count = _wire.Send(_gathered.Octets);
        if (count > 0)
            _gathered.Consume(count);
        else if (count == Wire.Lost)
            LoseSend();
    }

    internal void Release() => _gathered.Release();

    void LoseSend()
    {
        IsSendLost = true;
        _gathered.Release();
    }
}
