namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>A client's list of protocols (RFC 7301 section 3.1): names of 1 to 255 octets, each behind its length.</summary>
static class AlpnOffer
{
    /// <summary>Where the first protocol of ours begins; false if there is none.</summary>
    internal static bool TryFindOurs(ReadOnlySpan<byte> offer, out int start, out int length)
    {
        for (int at = 0; at < offer.Length; at += 1 + length)
        {
            length = offer[at];
            start = at + 1;
            if (length > offer.Length - start)
                break;
            if (IsOurs(offer.Slice(start, length)))
                return true;
        }
        (start, length) = (0, 0);
        return false;
    }

    static bool IsOurs(ReadOnlySpan<byte> protocol) => protocol.SequenceEqual("smtp"u8) || protocol.SequenceEqual("esmtp"u8);
}
