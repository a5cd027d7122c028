using System.Collections.Concurrent;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Telemetry;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// YARP's cluster model for upstreams: its validated, reloadable configuration, its state objects and their health; no HTTP route leads anywhere.
/// The configuration is loaded by MapReverseProxy on the admin host (YARP's lookup is empty before).
/// </summary>
/// <param name="lookup">YARP's state.</param>
/// <param name="updater">Where health is told, so that YARP decides anew which destinations are available.</param>
/// <param name="names">The destinations' names.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">The log: a destination goes down or comes up.</param>
sealed class Clusters(IProxyStateLookup lookup, IDestinationHealthUpdater updater, DestinationNames names, TimeProvider time, Action<string> tell)
{
    /// <summary>The clusters of a configuration, in YARP's words.</summary>
    public static IReadOnlyList<ClusterConfig> From(IEnumerable<UpstreamConfiguration> upstreams) => [.. upstreams.Select(ClusterOf)];

    readonly ConcurrentDictionary<string, Admission> _admissions = [];
    readonly ConcurrentDictionary<(string Upstream, string Destination), Standing> _standings = [];

    public DestinationNames Names => names;

    /// <summary>
    /// The destinations of an upstream that YARP holds available now. A session that began before a reload does not meet those which came with it: it has
    /// no policy for them.
    /// </summary>
    public IReadOnlyList<DestinationState> Available(UpstreamConfiguration upstream)
    {
        if (!lookup.TryGetCluster(upstream.Name, out ClusterState? cluster))
            return [];
        return cluster.DestinationsState.AvailableDestinations;
    }

    /// <summary>An upstream's cap and those who wait for it, for all configurations together.</summary>
    public Admission AdmissionOf(string upstream) => _admissions.GetOrAdd(upstream, static _ => new Admission());

    /// <summary>How a destination stands, for all configurations together.</summary>
    public Standing StandingOf(string upstream, string destination) => _standings.GetOrAdd((upstream, destination), static (key, time) => new Standing(key.Destination, time), time);

    /// <summary>Neither checks nor sessions have found it down.</summary>
    public bool IsUp(string upstream, string destination) => Find(upstream, destination, out _) is not { } state || HealthyOrPanic.IsUp(state);

    /// <summary>After a reload: what is gone is forgotten. Sessions that are still there have what they need.</summary>
    public void Keep(IReadOnlyList<UpstreamConfiguration> upstreams)
    {
        names.Keep(upstreams.SelectMany(upstream => upstream.Destinations));
        HashSet<(string, string)> kept = [.. upstreams.SelectMany(upstream => upstream.Destinations.Select(destination => (upstream.Name, destination.Id)))];
        foreach ((string, string) gone in _standings.Keys.Where(key => !kept.Contains(key)))
            _standings.TryRemove(gone, out _);
        foreach (string gone in _admissions.Keys.Where(name => upstreams.All(upstream => upstream.Name != name)))
            _admissions.TryRemove(gone, out _);
        foreach (UpstreamConfiguration upstream in upstreams.Where(upstream => upstream.Health is null))
            ForgetChecks(upstream);
    }

    /// <summary>A session has tried a destination: enough failures in a row take it out for a while.</summary>
    public void Tried(UpstreamConfiguration upstream, Standing standing, bool failed, ConnectResult how)
    {
        HealthConfiguration limits = upstream.Health ?? HealthConfiguration.Default;
        if (!standing.HasFailed(failed, limits) || Find(upstream.Name, standing.Id, out ClusterState? cluster) is not { } state)
            return;
        bool wasUp = HealthyOrPanic.IsUp(state);
        updater.SetPassive(cluster!, state, DestinationHealth.Unhealthy, limits.Reactivation);
        if (wasUp)
            tell($"Destination {standing.Id} of upstream {upstream.Name} is down for sessions, {Word(how)}; it is tried again in {limits.Reactivation.TotalSeconds:0.#} s.");
    }

    /// <summary>An active check is over.</summary>
    public void Checked(UpstreamConfiguration upstream, Standing standing, HealthConfiguration limits, ConnectResult how)
    {
        if (standing.IsWellAfter(how is ConnectResult.Ok, limits) is not { } isWell || Find(upstream.Name, standing.Id, out ClusterState? cluster) is not { } state)
            return;
        DestinationHealth health = isWell ? DestinationHealth.Healthy : DestinationHealth.Unhealthy;
        if (state.Health.Active == health)
            return;
        bool isNews = !isWell || state.Health.Active is DestinationHealth.Unhealthy;
        updater.SetActive(cluster!, [new NewActiveDestinationHealth(state, health)]);
        if (isNews)
            tell($"Destination {standing.Id} of upstream {upstream.Name} is {(isWell ? "up" : "down")} by its checks{(isWell ? "" : $", {Word(how)}")}.");
    }

    // A verdict must not outlive the checks that alone could take it back.
    void ForgetChecks(UpstreamConfiguration upstream)
    {
        foreach (DestinationConfiguration destination in upstream.Destinations)
        {
            if (_standings.TryGetValue((upstream.Name, destination.Id), out Standing? standing))
                standing.ForgetChecks();
            if (Find(upstream.Name, destination.Id, out ClusterState? cluster) is { Health.Active: not DestinationHealth.Unknown } judged)
                updater.SetActive(cluster!, [new NewActiveDestinationHealth(judged, DestinationHealth.Unknown)]);
        }
    }

    static string Word(ConnectResult how) => Labels.Of<ConnectResult>()[(int)how];

    DestinationState? Find(string upstream, string destination, out ClusterState? cluster)
    {
        if (!lookup.TryGetCluster(upstream, out cluster))
            return null;
        IReadOnlyList<DestinationState> all = cluster.DestinationsState.AllDestinations;
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].DestinationId == destination)
                return all[i];
        }
        return null;
    }

    static ClusterConfig ClusterOf(UpstreamConfiguration upstream) => new()
    {
        ClusterId = upstream.Name,
        Destinations = upstream.Destinations.ToDictionary(d => d.Id, d => new DestinationConfig { Address = "smtp://" + Uri.EscapeDataString(d.ToString()) }),
        HealthCheck = new HealthCheckConfig { AvailableDestinationsPolicy = HealthyOrPanic.PolicyName },
    };
}
