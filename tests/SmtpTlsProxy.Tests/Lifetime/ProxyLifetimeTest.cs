using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace SmtpTlsProxy.Lifetime;

public class ProxyLifetimeTest
{
    readonly FakeTimeProvider _time = new();
    readonly FakeHost _host = new();
    readonly List<int> _exits = [];
    int _sessions = 1;

    ProxyLifetime New() => new(_host, new Drain(() => { }, () => { }, () => _sessions, _time), () => TimeSpan.FromSeconds(25), () => { }, _exits.Add);

    [Fact]
    public async Task TheFirstSignalDrainsAndThenStopsTheHost()
    {
        using ProxyLifetime lifetime = New();
        Task ended = lifetime.EndAsync();
        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(_host.IsStopped);
        _sessions = 0;
        _time.Advance(TimeSpan.FromMilliseconds(50));
        await ended;
        Assert.True(_host.IsStopped);
        Assert.Empty(_exits);
    }

    [Fact]
    public async Task TheSecondSignalEndsTheProcess()
    {
        using ProxyLifetime lifetime = New();
        _ = lifetime.EndAsync();
        await lifetime.EndAsync();
        Assert.Equal([1], _exits);
        Assert.False(_host.IsStopped);
    }

    sealed class FakeHost : IHostApplicationLifetime
    {
        public bool IsStopped { get; private set; }
        public CancellationToken ApplicationStarted => default;
        public CancellationToken ApplicationStopping => default;
        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => IsStopped = true;
    }
}
