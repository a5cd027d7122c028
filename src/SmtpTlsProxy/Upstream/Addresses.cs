using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Upstream;

/// <summary>Destinations that no name has to be looked up for.</summary>
static class Addresses
{
    /// <summary>A literal, a path, the client's original destination.</summary>
    public static bool NeedsNoName(DestinationConfiguration destination) =>
        destination.Kind is not DestinationKind.Tcp || IPAddress.TryParse(destination.Host, out _);

    /// <summary>Its address, or null where a name has to be looked up; empty where a client that was not redirected has no original destination.</summary>
    public static IReadOnlyList<EndPoint>? Literal(DestinationConfiguration destination, EndPoint? original) => destination.Kind switch
    {
        DestinationKind.Unix => [new UnixDomainSocketEndPoint(destination.Host)],
        DestinationKind.Original => original is null ? [] : [original],
        _ => IPAddress.TryParse(destination.Host, out IPAddress? address) ? [new IPEndPoint(address, destination.Port)] : null,
    };
}
