using System.Collections.Concurrent;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>
/// The best security seen of each destination that the configuration names: no more entries than those. What is no longer named, or named with another
/// address, or under <c>ratchet: disabled</c>, is forgotten; that is how an operator says that less is right from now on. Original destinations are not
/// remembered: behind one id stand servers without end.
/// </summary>
sealed class SecurityMemory(TimeProvider time)
{
    readonly ConcurrentDictionary<(string Upstream, string Destination, string Address), ServerMemory> _servers = [];

    /// <summary>Called from any thread when there is something new to keep.</summary>
    public Action Changed { get; set; } = static () => { };

    /// <summary>The memory of an upstream's destinations, by id.</summary>
    public IReadOnlyDictionary<string, ServerMemory> Of(UpstreamConfiguration upstream) =>
        Remembered(upstream).ToDictionary(destination => destination.Id, destination => Of(KeyOf(upstream, destination)));

    /// <summary>What is known from before this process; call it before sessions begin.</summary>
    public void Recall(IEnumerable<RememberedServer> known)
    {
        foreach (RememberedServer server in known)
            Of((server.Upstream, server.Destination, server.Address)).Recall(server);
    }

    /// <summary>This configuration holds from now on: all else is forgotten.</summary>
    public void Follow(ProxyConfiguration configuration)
    {
        HashSet<(string, string, string)> named = [.. from upstream in configuration.Upstreams from destination in Remembered(upstream) select KeyOf(upstream, destination)];
        bool forgot = false;
        foreach ((string, string, string) gone in _servers.Keys.Except(named))
            forgot |= _servers.TryRemove(gone, out ServerMemory? memory) && memory.Seen is not null;
        if (forgot)
            Changed();
    }

    /// <summary>All that was seen, in order.</summary>
    public IReadOnlyList<RememberedServer> Snapshot() =>
        [.. _servers.Values.Select(server => server.Seen).OfType<RememberedServer>().OrderBy(s => s.Upstream, StringComparer.Ordinal).ThenBy(s => s.Destination, StringComparer.Ordinal)];

    /// <summary>An upstream's security now and at best: that of the destination which lost most, or else is worst.</summary>
    public IEnumerable<(string Upstream, UpstreamSecurity Now, UpstreamSecurity Best)> Levels() =>
        from server in Snapshot()
        group server by server.Upstream into upstream
        let worst = upstream.OrderByDescending(server => server.Best.Level - server.Last.Level).ThenBy(server => server.Last.Level).First()
        select (upstream.Key, worst.Last.Level, worst.Best.Level);

    ServerMemory Of((string Upstream, string Destination, string Address) key) =>
        _servers.GetOrAdd(key, at => new ServerMemory(at.Upstream, at.Destination, at.Address, time, () => Changed()));

    static IEnumerable<DestinationConfiguration> Remembered(UpstreamConfiguration upstream) => upstream is { Ratchet: not Ratchet.Disabled, Tls: not TlsMode.None }
        ? upstream.Destinations.Where(destination => destination.Kind is not DestinationKind.Original)
        : [];

    static (string, string, string) KeyOf(UpstreamConfiguration upstream, DestinationConfiguration destination) => (upstream.Name, destination.Id, destination.ToString());
}
