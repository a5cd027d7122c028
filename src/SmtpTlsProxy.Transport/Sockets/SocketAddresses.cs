namespace SmtpTlsProxy.Transport.Sockets;

using System.Buffers.Binary;
using System.Net;

/// <summary>From <c>struct sockaddr</c> to end points (ip(7), ipv6(7), unix(7)).</summary>
static unsafe class SocketAddresses
{
    // struct sockaddr_storage
    internal const int Size = 128;

    /// <summary>Null for a family that is not IP: a peer on a unix socket has no name of its own.</summary>
    internal static IPEndPoint? Parse(ReadOnlySpan<byte> address)
    {
        if (address.Length < 16)
            return null;
        int family = BitConverter.ToUInt16(address);
        int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return family switch
        {
            Libc.AF_INET => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            Libc.AF_INET6 when address.Length >= 28 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }

    /// <summary>The descriptor's own end.</summary>
    internal static IPEndPoint? LocalOf(int descriptor)
    {
        byte* address = stackalloc byte[Size];
        uint length = Size;
        return Libc.getsockname(descriptor, address, &length) < 0 ? null : Parse(new ReadOnlySpan<byte>(address, (int)Math.Min(length, Size)));
    }
}
