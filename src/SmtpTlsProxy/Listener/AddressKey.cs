using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Listener;

/// <summary>What counts as one address: IPv4 /32, mapped IPv6 as IPv4, IPv6 /64 (rule 6.2).</summary>
static class AddressKey
{
    public static UInt128 Of(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(octets, out _);
        if (address.AddressFamily is AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
            octets[8..].Clear();                                      // a /64 is one customer
        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }
}
