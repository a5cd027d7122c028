namespace SmtpTlsProxy.Protocol;

/// <summary>
/// What the upstream's last EHLO answer said and what of it was kept from the client (rules 1.3, 2.8). Owned by one dialogue and
/// filled anew at each EHLO; it keeps its buffer.
/// </summary>
public sealed class EhloAnswer
{
    byte[] _removed = [];
    int _removedLength;

    /// <summary>The upstream speaks ESMTP: it answered EHLO. False before any answer and after HELO.</summary>
    public bool Extended { get; internal set; }

    /// <summary>The upstream offers PIPELINING (RFC 2920).</summary>
    public bool Pipelining { get; internal set; }

    /// <summary>The upstream offers CHUNKING (RFC 3030), whether or not the client was told.</summary>
    public bool Chunking { get; internal set; }

    /// <summary>The upstream offers BINARYMIME (RFC 3030), whether or not the client was told.</summary>
    public bool BinaryMime { get; internal set; }

    /// <summary>The client was told no CHUNKING, though the upstream offers it.</summary>
    public bool ChunkingHidden { get; internal set; }

    /// <summary>The SIZE that the client was told (RFC 1870); null for none, 0 for no fixed limit.</summary>
    public long? Size { get; internal set; }

    /// <summary>STARTTLS was offered to the client, by us.</summary>
    public bool StartTlsOffered { get; internal set; }

    /// <summary>The upstream offers STARTTLS; never told to the client.</summary>
    public bool UpstreamOffersStartTls { get; internal set; }

    /// <summary>The client was offered AUTH with at least one mechanism.</summary>
    public bool AuthOffered { get; internal set; }

    /// <summary>The upstream offers AUTH, but the legs may not carry it.</summary>
    public bool AuthHidden { get; internal set; }

    /// <summary>REQUIRETLS was offered and removed: <c>MAIL … REQUIRETLS</c> gets 555 5.5.4.</summary>
    public bool RequireTlsHidden { get; internal set; }

    /// <summary>Channel-binding or SCRAM mechanisms were removed: a downgrade that we cause, counted.</summary>
    public bool MechanismsHidden { get; internal set; }

    /// <summary>The mechanism was offered by the upstream and removed by us; false for one that was never offered.</summary>
    public bool IsMechanismRemoved(ReadOnlySpan<byte> mechanism)
    {
        foreach (Range word in Words.Of(_removed.AsSpan(0, _removedLength)))
        {
            if (System.Text.Ascii.EqualsIgnoreCase(_removed.AsSpan(0, _removedLength)[word], mechanism))
                return true;
        }
        return false;
    }

    /// <summary>Forgets everything: before a new EHLO, and for an upstream that answered HELO.</summary>
    public void Clear()
    {
        Extended = Pipelining = Chunking = BinaryMime = ChunkingHidden = false;
        StartTlsOffered = UpstreamOffersStartTls = AuthOffered = AuthHidden = RequireTlsHidden = MechanismsHidden = false;
        Size = null;
        _removedLength = 0;
    }

    internal void Removed(ReadOnlySpan<byte> mechanism)
    {
        int needed = _removedLength + mechanism.Length + 1;
        if (_removed.Length < needed)
            Array.Resize(ref _removed, Math.Max(64, needed * 2));
        mechanism.CopyTo(_removed.AsSpan(_removedLength));
        _removed[needed - 1] = (byte)' ';
        _removedLength = needed;
    }
}
