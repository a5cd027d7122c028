using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Upstream;

/// <summary>RFC 5321 section 4.1.3: how a host without a name calls itself.</summary>
static class AddressLiteral
{
    /// <summary><c>[192.0.2.1]</c> or <c>[IPv6:2001:db8::1]</c>; loopback for a path, which has no address.</summary>
    public static string Of(EndPoint? end) => end switch
    {
        IPEndPoint { Address: { IsIPv4MappedToIPv6: true } mapped } => $"[{mapped.MapToIPv4()}]",
        IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } v6 => $"[IPv6:{new IPAddress(v6.Address.GetAddressBytes())}]",
        IPEndPoint v4 => $"[{v4.Address}]",
        _ => "[127.0.0.1]",
    };
}
