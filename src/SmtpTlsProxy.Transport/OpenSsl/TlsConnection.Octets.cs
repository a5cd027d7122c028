namespace SmtpTlsProxy.Transport.OpenSsl;

using static SslConstants;

public sealed unsafe partial class TlsConnection
{
    // Empty while the input goes on; then what ended it, for good.
    TlsRead _end = TlsRead.Empty;

    // OpenSSL has used all that it was given: what it holds is a part of a record.
    bool _isStarved;
    bool _closeNotified;

    /// <summary>A read would find something: octets or an end. False behind a read that found nothing, until the wire is readable again.</summary>
    public bool HasPending => _end is not TlsRead.Empty || _bio.IsReadable || (!_isStarved && _ssl != 0 && LibSsl.SSL_has_pending(_ssl) == 1);

    /// <summary>
    /// Reads what can be had now: records are gathered until <paramref name="into"/> is full or the wire is drained. An end is told after the last octet, and
    /// then always.
    /// </summary>
    public TlsRead Read(Span<byte> into, out int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        count = 0;
        fixed (byte* start = into)
        {
            while (count < into.Length && _end is TlsRead.Empty && HasPending)
            {
                int octets = LibSsl.SSL_read(_ssl, start + count, into.Length - count);
                if (octets <= 0)
                {
                    Stopped(octets);
                    break;
                }
                _isStarved = false;
                count += octets;
            }
        }
        if (count > 0)
            return TlsRead.Data;
        return _end is TlsRead.Empty && _bio.IsSendLost ? TlsRead.Lost : _end;
    }

    /// <summary>
    /// Encrypts all of it into what is gathered. The caller keeps the measure by <see cref="Unsent"/>. Once our close_notify is out, or the connection is
    /// broken, octets are dropped;
    /// the next read tells.
    /// </summary>
    public void Write(ReadOnlySpan<byte> all)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _bio.TakesAll = true;
        fixed (byte* start = all)
        {
            int written = 0;
            while (written < all.Length && !_broken && !_closeNotified)
            {
                int octets = LibSsl.SSL_write(_ssl, start + written, all.Length - written);
                if (octets <= 0)
                    WriteFailed();
                written += Math.Max(octets, 0);
            }
        }
        _bio.TakesAll = false;
    }

    /// <summary>Gathers our close_notify; once. Nothing can be written behind it, reading goes on.</summary>
    public void CloseNotify()
    {
        if (_closeNotified || _broken || !_isOpen || _disposed)
            return;
        _closeNotified = true;
        _bio.TakesAll = true;
        if (LibSsl.SSL_shutdown(_ssl) < 0)
            Break();
        _bio.TakesAll = false;
        ThrowFault();
    }

    // Why nothing more can be had now.
    void Stopped(int result)
    {
        int error = LibSsl.SSL_get_error(_ssl, result);
        ThrowFault();
        switch (error)
        {
            case SSL_ERROR_WANT_READ:
                _isStarved = true;
                _end = _bio.IsLost ? TlsRead.Lost : _bio.IsAtEnd ? TlsRead.Truncated : TlsRead.Empty;
                break;
            case SSL_ERROR_WANT_WRITE:
                // Answers to a flood have filled the buffer: it is read on when they are sent, out of what OpenSSL holds.
                _isStarved = false;
                break;
            case SSL_ERROR_ZERO_RETURN:
                _end = TlsRead.End;
                break;
            default:
                _end = TlsRead.Lost;
                Break();
                break;
        }
    }

    // With everything taken there is no "try again": this is a failure.
    void WriteFailed()
    {
        Break();
        _end = _end is TlsRead.Empty ? TlsRead.Lost : _end;
        _bio.TakesAll = false;
        ThrowFault();
    }
}
