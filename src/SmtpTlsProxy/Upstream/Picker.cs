using SmtpTlsProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Upstream;

/// <summary>Chooses a destination among the available ones that were not tried yet. YARP's own policies ask for an HTTP request.</summary>
sealed class Picker(LoadBalancing policy)
{
    int _turn;

    /// <summary>The next destination, or null when all were tried.</summary>
    public DestinationState? Next(IReadOnlyList<DestinationState> available, HashSet<string> tried)
    {
        List<DestinationState> left = [.. available.Where(d => !tried.Contains(d.DestinationId)).OrderBy(d => d.DestinationId, StringComparer.Ordinal)];
        if (left.Count == 0)
            return null;
        return policy switch
        {
            LoadBalancing.FirstAlphabetical => left[0],
            LoadBalancing.Random => left[Random.Shared.Next(left.Count)],
            LoadBalancing.RoundRobin => left[(int)((uint)Interlocked.Increment(ref _turn) % (uint)left.Count)],
            LoadBalancing.PowerOfTwoChoices => Lighter(left[Random.Shared.Next(left.Count)], left[Random.Shared.Next(left.Count)]),
            _ => left.MinBy(d => d.ConcurrentRequestCount),
        };
    }

    static DestinationState Lighter(DestinationState a, DestinationState b) => a.ConcurrentRequestCount <= b.ConcurrentRequestCount ? a : b;
}
