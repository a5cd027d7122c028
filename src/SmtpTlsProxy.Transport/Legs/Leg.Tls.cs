namespace SmtpTlsProxy.Transport.Legs;

using SmtpTlsProxy.Transport.OpenSsl;

public sealed partial class Leg
{
    // Less than this gathers as plaintext: a group of replies becomes one record.
    const int RecordSize = 8 * 1024;

    static ReadStatus Decrypt(TlsConnection tls, Span<byte> room, out int count) => tls.Read(room, out count) switch
    {
        TlsRead.Data => ReadStatus.Data,
        TlsRead.Empty => ReadStatus.Empty,
        TlsRead.End => ReadStatus.End,
        TlsRead.Truncated => ReadStatus.Truncated,
        _ => ReadStatus.Lost,
    };

    void WriteTls(TlsConnection tls, ReadOnlySpan<byte> all)
    {
        if (_output.Length + all.Length > RecordSize)
            EncryptGathered(tls);
        if (all.Length < RecordSize)
            _output.Append(all);
        else
            tls.Write(all);
    }

    void EncryptGathered(TlsConnection tls)
    {
        if (_output.IsEmpty)
            return;
        tls.Write(_output.Octets);
        _output.Drop();
    }

    void Free(TlsConnection? tls)
    {
        if (tls is null)
            return;
        tls.Dispose();
        Waiter.Loop.Counts.TlsObject(-1);
    }

    void FlushTls(TlsConnection tls)
    {
        EncryptGathered(tls);
        tls.Flush();
        if (tls.SendFailed)
            SendFailed();
    }
}
