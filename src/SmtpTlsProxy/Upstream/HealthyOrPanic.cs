using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Which destinations YARP holds available: those that are not known to be down; all of them when all are down: it is better to try than to refuse.
/// Health is told by us alone, whether YARP's own checks (which speak HTTP) are enabled or not; they never are.
/// </summary>
sealed class HealthyOrPanic : IAvailableDestinationsPolicy
{
    public const string PolicyName = "SmtpHealthyOrPanic";

    public string Name => PolicyName;

    /// <summary>Neither our checks nor sessions have found it down.</summary>
    public static bool IsUp(DestinationState destination) =>
        destination.Health.Active is not DestinationHealth.Unhealthy && destination.Health.Passive is not DestinationHealth.Unhealthy;

    public IReadOnlyList<DestinationState> GetAvailalableDestinations(ClusterConfig config, IReadOnlyList<DestinationState> allDestinations)
    {
        DestinationState[] up = [.. allDestinations.Where(IsUp)];
        return up.Length == 0 || up.Length == allDestinations.Count ? allDestinations : up;
    }
}
