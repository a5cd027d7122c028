using System.Diagnostics.CodeAnalysis;
using SmtpTlsProxy.Configuration;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Session;

/// <summary>YARP's state objects without YARP's host: every destination is available.</summary>
sealed class MemoryClusters(IEnumerable<UpstreamConfiguration> upstreams) : IProxyStateLookup
{
    readonly Dictionary<string, ClusterState> _clusters = upstreams.ToDictionary(u => u.Name, Of);

    public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route) => (route = null) is not null;

    public IEnumerable<RouteModel> GetRoutes() => [];

    public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster) => _clusters.TryGetValue(id, out cluster);

    public IEnumerable<ClusterState> GetClusters() => _clusters.Values;

    static ClusterState Of(UpstreamConfiguration upstream)
    {
        List<DestinationState> all = [.. upstream.Destinations.Select(d => new DestinationState(d.Id))];
        return new ClusterState(upstream.Name) { DestinationsState = new ClusterDestinationsState(all, all) };
    }
}
