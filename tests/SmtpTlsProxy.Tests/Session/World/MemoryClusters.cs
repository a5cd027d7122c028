using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Upstream;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace SmtpTlsProxy.Session;

/// <summary>YARP's state objects and its own keeping of health, without its host.</summary>
sealed class MemoryClusters : IProxyStateLookup, IDisposable
{
    readonly Dictionary<string, ClusterState> _clusters;
    readonly ServiceProvider _services;
    readonly HttpMessageInvoker _nobody = new(new NoHttp());

    public MemoryClusters(IReadOnlyList<UpstreamConfiguration> upstreams, TimeProvider clock)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(clock);
        services.AddSingleton<IAvailableDestinationsPolicy, HealthyOrPanic>();
        services.AddReverseProxy();
        _services = services.BuildServiceProvider();
        _clusters = Clusters.From(upstreams).ToDictionary(c => c.ClusterId, Of);
    }

    public IDestinationHealthUpdater Updater => _services.GetRequiredService<IDestinationHealthUpdater>();

    public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route) => (route = null) is not null;

    public IEnumerable<RouteModel> GetRoutes() => [];

    public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster) => _clusters.TryGetValue(id, out cluster);

    public IEnumerable<ClusterState> GetClusters() => _clusters.Values;

    public void Dispose()
    {
        _services.Dispose();
        _nobody.Dispose();
    }

    ClusterState Of(ClusterConfig cluster)
    {
        List<DestinationState> all = [.. cluster.Destinations!.Keys.Select(id => new DestinationState(id))];
        ClusterState state = new(cluster.ClusterId, new ClusterModel(cluster, _nobody)) { DestinationsState = new ClusterDestinationsState(all, all) };
        foreach (DestinationState one in all)
            state.Destinations.TryAdd(one.DestinationId, one);
        return state;
    }

    sealed class NoHttp : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new InvalidOperationException("nobody speaks HTTP");
    }
}
