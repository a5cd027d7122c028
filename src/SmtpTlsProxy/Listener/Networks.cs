using System.Net;

namespace SmtpTlsProxy.Listener;

/// <summary>Membership in listed networks; a mapped IPv6 address counts as the IPv4 address it is.</summary>
static class Networks
{
    public static bool Contain(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }
}
