using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Configuration;

/// <summary>How far an address reaches, as the relay refusals ask.</summary>
static class Reach
{
    static readonly IPNetwork[] PrivateNetworks =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),       // RFC 1918
        IPNetwork.Parse("100.64.0.0/10"),                                                                       // RFC 6598
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"),                                        // RFC 3927, RFC 4291
        IPNetwork.Parse("fc00::/7"),                                                                            // RFC 4193
    ];

    static readonly string[] PrivateSuffixes = [".svc", ".svc.cluster.local", ".local", ".internal"];

    /// <summary>Strangers can reach it. A socket from systemd may be bound anywhere, so it counts as beyond.</summary>
    public static bool IsBeyondLoopback(ListenAddress address) => address switch
    {
        ListenAddress.Tcp tcp => !IPAddress.IsLoopback(Plain(tcp.EndPoint.Address)),
        ListenAddress.Systemd => true,
        _ => false,
    };

    /// <summary>Beyond loopback, and nothing says who may use it: no list, or one with a network that is everybody.</summary>
    public static bool IsForAnybody(ListenerConfiguration listener) =>
        IsBeyondLoopback(listener) && (listener.Allow is not { } allow || allow.Any(network => network.PrefixLength == 0));

    public static bool IsBeyondLoopback(ListenerConfiguration listener) => listener.Addresses.Any(IsBeyondLoopback);

    public static bool IsLoopback(DestinationConfiguration destination) => destination.Kind switch
    {
        DestinationKind.Unix => true,
        DestinationKind.Original => false,
        _ => AddressOf(destination) is { } address ? IsLoopback(address) : NameOf(destination) == "localhost",
    };

    /// <summary>A server there may trust its neighbours: loopback, own, private, or a name that may lead there.</summary>
    public static bool MayBeInward(DestinationConfiguration destination, IReadOnlyCollection<IPAddress> own) => destination.Kind switch
    {
        DestinationKind.Tcp when AddressOf(destination) is { } address => IsPrivate(address) || own.Contains(address),
        _ => true,
    };

    /// <summary>Not private for certain: a public address, original destinations, or a name that may lead anywhere.</summary>
    public static bool MayBeOutward(DestinationConfiguration destination) => destination.Kind switch
    {
        DestinationKind.Unix => false,
        DestinationKind.Original => true,
        _ => AddressOf(destination) is { } address ? !IsPrivate(address) : !IsPrivateName(NameOf(destination)),
    };

    public static IPAddress? AddressOf(DestinationConfiguration destination) =>
        destination.Kind is DestinationKind.Tcp && IPAddress.TryParse(destination.Host, out IPAddress? address) ? Plain(address) : null;

    public static bool IsPrivate(IPAddress address) => IsLoopback(Plain(address)) || PrivateNetworks.Any(network => network.Contains(Plain(address)));

    public static bool IsPrivateName(string name) => !name.Contains('.') || PrivateSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal));

    /// <summary>IPv4 in IPv6 clothes is IPv4; a scope is no part of an address.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
    }

    // Linux takes a connection to the unspecified address to loopback.
    static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    static string NameOf(DestinationConfiguration destination) => destination.Host.TrimEnd('.').ToLowerInvariant();
}
