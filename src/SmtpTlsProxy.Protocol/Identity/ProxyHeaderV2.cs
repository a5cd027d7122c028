using System.Buffers.Binary;
using System.Net;

namespace SmtpTlsProxy.Protocol;

/// <summary>The binary form (proxy-protocol.txt section 2.2): 16 octets, addresses, TLVs.</summary>
public static class ProxyHeaderV2
{
    /// <summary>No balancer sends more; the 16 bits of the length field would allow 64 KiB.</summary>
    public const int MaxLength = FixedLength + 4096;

    internal const int FixedLength = 16;

    const byte Local = 0x20, Proxy = 0x21;
    internal const byte Tcp4 = 0x11, Tcp6 = 0x21;
    internal const int Tcp4Length = 12, Tcp6Length = 36;

    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    internal static ProxyHeaderStatus TryParse(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        header = default;
        int begun = Math.Min(input.Length, Signature.Length);
        if (!input[..begun].SequenceEqual(Signature[..begun]) || (input.Length > 12 && input[12] is not (Local or Proxy)))
            return ProxyHeaderStatus.Invalid;
        if (input.Length < FixedLength)
            return ProxyHeaderStatus.NeedMore;
        int length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        if (length > MaxLength)
            return ProxyHeaderStatus.Invalid;
        if (input.Length < length)
            return ProxyHeaderStatus.NeedMore;
        header = new ProxyHeader(length, null, null);
        // With LOCAL the family and everything behind it are to be ignored.
        return input[12] == Local || TryEnds(input[..length], ref header) ? ProxyHeaderStatus.Ok : ProxyHeaderStatus.Invalid;
    }

    /// <summary>UNSPEC, UDP and UNIX name no client that could be limited or told upstream: refused.</summary>
    static bool TryEnds(ReadOnlySpan<byte> whole, ref ProxyHeader header)
    {
        int size = whole[13] switch { Tcp4 => 4, Tcp6 => 16, _ => 0 };
        int addresses = 2 * size + 4;
        ReadOnlySpan<byte> body = whole[FixedLength..];
        if (size == 0 || body.Length < addresses || !ProxyTlvs.AreWellFormed(whole, FixedLength + addresses))
            return false;
        int sourcePort = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * size)..]);
        int destinationPort = BinaryPrimitives.ReadUInt16BigEndian(body[(2 * size + 2)..]);
        header = header with
        {
            Source = new IPEndPoint(new IPAddress(body[..size]), sourcePort),
            Destination = new IPEndPoint(new IPAddress(body[size..(2 * size)]), destinationPort),
        };
        return true;
    }

    /// <summary>The header for an upstream; without both ends it says LOCAL.</summary>
    public static byte[] Write(IPEndPoint? source, IPEndPoint? destination, ProxyTls? tls = null)
    {
        List<byte> whole = [.. Signature];
        if (source is null || destination is null)
            return [.. whole, Local, 0, 0, 0];
        (IPAddress from, IPAddress to) = AddressPair.OfOneFamily(source.Address, destination.Address);
        byte[] addresses = from.GetAddressBytes();
        whole.AddRange([Proxy, addresses.Length == 4 ? Tcp4 : Tcp6, 0, 0, .. addresses, .. to.GetAddressBytes()]);
        ProxyTlvs.AddUInt16(whole, source.Port);
        ProxyTlvs.AddUInt16(whole, destination.Port);
        if (tls is not null)
            ProxyTlvs.AddTls(whole, tls);
        (whole[14], whole[15]) = ((byte)((whole.Count - FixedLength) >> 8), (byte)(whole.Count - FixedLength));
        return [.. whole];
    }
}
