using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Protocol;

/// <summary>A PROXY header has one family for both its addresses.</summary>
static class AddressPair
{
    /// <summary>Mapped IPv4 becomes IPv4; where only one is IPv4, both become IPv6. Scopes name interfaces of this machine and go.</summary>
    public static (IPAddress Source, IPAddress Destination) OfOneFamily(IPAddress source, IPAddress destination)
    {
        (source, destination) = (Plain(source), Plain(destination));
        return source.AddressFamily == destination.AddressFamily ? (source, destination) : (source.MapToIPv6(), destination.MapToIPv6());
    }

    static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes())
        : address;
}
