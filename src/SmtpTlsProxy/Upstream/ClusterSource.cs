using SmtpTlsProxy.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace SmtpTlsProxy.Upstream;

/// <summary>Where YARP has its clusters from, and its word on whether it took them: it refuses a bad configuration whole and keeps the one before.</summary>
sealed class ClusterSource(IEnumerable<UpstreamConfiguration> upstreams, TimeProvider time) : IConfigChangeListener
{
    /// <summary>YARP answers in milliseconds; one that does not must not keep reloads for ever.</summary>
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    readonly InMemoryConfigProvider _provider = new([], Clusters.From(upstreams));
    volatile TaskCompletionSource _answer = new();

    public IProxyConfigProvider Provider => _provider;

    /// <summary>Returns once YARP's state is that of <paramref name="next"/>, or throws why it is not. One at a time.</summary>
    public async Task UpdateAsync(IEnumerable<UpstreamConfiguration> next)
    {
        TaskCompletionSource answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _answer = answer;
        _provider.Update([], Clusters.From(next));
        await answer.Task.WaitAsync(_patience, time);
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs) { }

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception) => _answer.TrySetException(exception);

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
        if (proxyConfigs.Contains(_provider.GetConfig()))             // not an earlier one's late answer
            _answer.TrySetResult();
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception) => _answer.TrySetException(exception);
}
