using SmtpTlsProxy.Configuration;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// YARP's cluster model for upstreams: its validated, reloadable configuration and its state objects; no HTTP route leads anywhere.
/// The configuration is loaded by MapReverseProxy on the admin host (YARP's lookup is empty before).
/// </summary>
sealed class Clusters(IProxyStateLookup lookup)
{
    /// <summary>The clusters of a configuration, in YARP's words.</summary>
    public static IReadOnlyList<ClusterConfig> From(IEnumerable<UpstreamConfiguration> upstreams) => [.. upstreams.Select(ClusterOf)];

    /// <summary>The destinations of an upstream that YARP holds available now.</summary>
    public IReadOnlyList<DestinationState> Available(string upstream) =>
        lookup.TryGetCluster(upstream, out ClusterState? cluster) ? cluster.DestinationsState.AvailableDestinations : [];

    static ClusterConfig ClusterOf(UpstreamConfiguration upstream) => new()
    {
        ClusterId = upstream.Name,
        Destinations = upstream.Destinations.ToDictionary(d => d.Id, d => new DestinationConfig { Address = "smtp://" + Uri.EscapeDataString(d.ToString()) }),
    };
}
