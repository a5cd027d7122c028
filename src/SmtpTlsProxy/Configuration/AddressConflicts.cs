using System.Net;
using System.Net.Sockets;

namespace SmtpTlsProxy.Configuration;

/// <summary>One address is one listener's.</summary>
static class AddressConflicts
{
    public static void Check(Validation at)
    {
        List<(string Path, ListenAddress Address)> taken = [];
        foreach ((string path, ListenAddress address) in All(at.Configuration))
        {
            (string Path, ListenAddress Address) first = taken.Find(other => Collide(other.Address, address));
            if (first.Path is not null) at.Refuse(path, Problem(address, first), "Give each its own address or port");
            taken.Add((path, address));
        }
    }

    static string Problem(ListenAddress address, (string Path, ListenAddress Address) first) =>
        first.Address == address ? $"{address} is taken by {first.Path}" : $"{address} collides with {first.Address} of {first.Path}";

    static IEnumerable<(string Path, ListenAddress Address)> All(ProxyConfiguration configuration)
    {
        foreach (ListenerConfiguration listener in configuration.Listeners)
            foreach (ListenAddress address in listener.Addresses) yield return ($"listeners.{listener.Name}.address", address);
        if (configuration.Metrics is { } metrics) yield return ("metrics.address", new ListenAddress.Tcp(metrics));
        if (configuration.Status is { } status) yield return ("status.address", new ListenAddress.Tcp(status));
    }

    static bool Collide(ListenAddress one, ListenAddress other) =>
        one is ListenAddress.Tcp { EndPoint: var a } && other is ListenAddress.Tcp { EndPoint: var b } ? Collide(a, b) : one == other;

    // The kernel gives a port of the unspecified address to nobody else; port 0 is a new one each time.
    static bool Collide(IPEndPoint one, IPEndPoint other) =>
        one.Port == other.Port && one.Port != 0 && one.AddressFamily == other.AddressFamily
        && (one.Address.Equals(other.Address) || IsUnspecified(one.Address) || IsUnspecified(other.Address));

    static bool IsUnspecified(IPAddress address) => address.Equals(address.AddressFamily is AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);
}
