using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
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

    readonly ConcurrentDictionary<string, StrongBox<int>> _sessions = [];

    /// <summary>
    /// The destinations of an upstream that YARP holds available now. A session that began before a reload does not meet those which came with it: it has
    /// no policy for them.
    /// </summary>
    public IReadOnlyList<DestinationState> Available(UpstreamConfiguration upstream)
    {
        if (!lookup.TryGetCluster(upstream.Name, out ClusterState? cluster))
            return [];
        IReadOnlyList<DestinationState> all = cluster.DestinationsState.AvailableDestinations;
        return KnowsAll(upstream, all) ? all : [.. all.Where(state => Knows(upstream, state))];
    }

    /// <summary>Where an upstream's sessions are counted, those of all configurations together.</summary>
    public StrongBox<int> SessionsOf(string upstream) => _sessions.GetOrAdd(upstream, _ => new StrongBox<int>());

    // Asked for every session: nothing is allocated for it.
    static bool KnowsAll(UpstreamConfiguration upstream, IReadOnlyList<DestinationState> states)
    {
        for (int i = 0; i < states.Count; i++)
            if (!Knows(upstream, states[i]))
                return false;
        return true;
    }

    static bool Knows(UpstreamConfiguration upstream, DestinationState state)
    {
        for (int i = 0; i < upstream.Destinations.Count; i++)
            if (upstream.Destinations[i].Id == state.DestinationId)
                return true;
        return false;
    }

    static ClusterConfig ClusterOf(UpstreamConfiguration upstream) => new()
    {
        ClusterId = upstream.Name,
        Destinations = upstream.Destinations.ToDictionary(d => d.Id, d => new DestinationConfig { Address = "smtp://" + Uri.EscapeDataString(d.ToString()) }),
    };
}
