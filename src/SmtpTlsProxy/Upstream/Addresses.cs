using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Upstream;

/// <summary>The addresses of a destination.</summary>
static class Addresses
{
    /// <summary>More addresses than these are not tried: upstreamReady would not suffice.</summary>
    const int Most = 6;

    /// <summary>The address where none has to be looked up: a literal, a path, the client's original destination; otherwise null.</summary>
    public static IReadOnlyList<EndPoint>? Literal(DestinationConfiguration destination, EndPoint? original) => destination.Kind switch
    {
        DestinationKind.Unix => [new UnixDomainSocketEndPoint(destination.Host)],
        DestinationKind.Original => original is null ? [] : [original],
        _ => IPAddress.TryParse(destination.Host, out IPAddress? address) ? [new IPEndPoint(address, destination.Port)] : null,
    };

    /// <summary>Looks the name up; empty when it has no address. Runs on the pool: getaddrinfo blocks.</summary>
    public static async Task<IReadOnlyList<EndPoint>> ResolveAsync(DestinationConfiguration destination, CancellationToken cancel)
    {
        try
        {
            IPAddress[] found = await Dns.GetHostAddressesAsync(destination.Host, cancel);
            return [.. found.Take(Most).Select(address => new IPEndPoint(address, destination.Port))];
        }
        catch (SocketException)
        {   // NXDOMAIN, no answer: the client hears 421 4.4.3, the metric says dns
            return [];
        }
        catch (OperationCanceledException)
        {   // the client left first
            return [];
        }
    }
}
