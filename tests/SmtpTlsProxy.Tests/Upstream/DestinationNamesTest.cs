using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Upstream;

/// <summary>A name is asked for again when its answer has lived, and what was known holds when nobody answers.</summary>
public sealed class DestinationNamesTest : IAsyncDisposable
{
    static readonly DestinationConfiguration s_destination = new("a", DestinationKind.Tcp, "up.test", 25);

    readonly FakeTimeProvider _clock = new();
    readonly Asked _source = new();
    readonly List<string> _said = [];
    readonly DestinationNames _names;

    public DestinationNamesTest() => _names = new DestinationNames(_source, _clock, _said.Add);

    public ValueTask DisposeAsync() => _names.DisposeAsync();

    [Fact]
    public async Task ANameThatMovesIsFollowedWhenItsAnswerHasLived()
    {
        _source.Answer = Found(10, "192.0.2.1");
        ResolvedName name = _names.Of(s_destination)!;
        Assert.Equal([IPEndPoint.Parse("192.0.2.1:25")], await name.FirstAsync(TestContext.Current.CancellationToken));
        _source.Answer = Found(10, "192.0.2.2");
        await PassAsync(9.9);
        Assert.Equal(1, _source.Count);
        await PassAsync(0.2);
        Assert.Equal([IPEndPoint.Parse("192.0.2.2:25")], name.Next());
        Assert.Empty(_said);
    }

    [Fact]
    public async Task TheLastAnswerHoldsWhileDnsFails_AndThatIsTold()
    {
        _source.Answer = Found(10, "192.0.2.1");
        ResolvedName name = _names.Of(s_destination)!;
        await name.FirstAsync(TestContext.Current.CancellationToken);
        _source.Answer = NameAnswer.Failed;
        for (int i = 0; i < 20; i++)
            await PassAsync(11);
        Assert.Equal([IPEndPoint.Parse("192.0.2.1:25")], name.Next());
        Assert.Contains("are used", _said[0]);
        _source.Answer = Found(10, "192.0.2.3");
        await PassAsync(11);
        Assert.Equal([IPEndPoint.Parse("192.0.2.3:25")], name.Next());
    }

    [Fact]
    public async Task ANameThatIsGoneHasNoAddress()
    {
        _source.Answer = Found(10, "192.0.2.1");
        ResolvedName name = _names.Of(s_destination)!;
        await name.FirstAsync(TestContext.Current.CancellationToken);
        _source.Answer = NameAnswer.NoAddress;
        await PassAsync(11);
        Assert.Equal([], name.Next());
        Assert.Contains("has no address", Assert.Single(_said));
    }

    [Fact]
    public async Task ANameUnknownAtTheStartIsAWarningAndIsAskedForAgain()
    {
        ResolvedName name = _names.Of(s_destination)!;
        Assert.Empty(await name.FirstAsync(TestContext.Current.CancellationToken));
        Assert.Contains("421 4.4.3", Assert.Single(_said));
        _source.Answer = Found(10, "192.0.2.1");
        await PassAsync(5.1);
        Assert.Equal(1, name.Count);
        Assert.Contains("again", _said[1]);
    }

    [Fact]
    public async Task AFaultIsToldOnceAndTheNameIsAskedForAgain()
    {
        _source.Fault = new InvalidOperationException("nobody foresaw this");
        ResolvedName name = _names.Of(s_destination)!;
        Assert.Empty(await name.FirstAsync(TestContext.Current.CancellationToken));
        await PassAsync(5.1);
        Assert.Contains("nobody foresaw this", Assert.Single(_said));
        _source.Fault = null;
        _source.Answer = Found(10, "192.0.2.1");
        await PassAsync(5.1);
        Assert.Equal(1, name.Count);
    }

    [Fact]
    public async Task AnAnswerWithoutALifeIsNotAskedForEachSession()
    {
        _source.Answer = Found(0, "192.0.2.1");
        ResolvedName name = _names.Of(s_destination)!;
        await name.FirstAsync(TestContext.Current.CancellationToken);
        await PassAsync(0.9);
        Assert.Equal(1, _source.Count);
    }

    [Fact]
    public async Task WhatNoDestinationHasIsNotAskedForAnyLonger()
    {
        _source.Answer = Found(1, "192.0.2.1");
        await _names.Of(s_destination)!.FirstAsync(TestContext.Current.CancellationToken);
        _names.Keep([]);
        await PassAsync(5);
        Assert.Equal(1, _source.Count);
        Assert.Null(_names.Of(new("b", DestinationKind.Tcp, "192.0.2.1", 25)));
        Assert.Null(_names.Of(new("b", DestinationKind.Unix, "/run/lmtp", 0)));
    }

    // The asking itself runs on the pool.
    async Task PassAsync(double seconds)
    {
        int before = _source.Count;
        await Task.Delay(20);
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        for (int i = 0; i < 20 && _source.Count == before; i++)
            await Task.Delay(5);
        await Task.Delay(20);
    }

    static NameAnswer Found(double seconds, params string[] addresses) => NameAnswer.Found([.. addresses.Select(IPAddress.Parse)], TimeSpan.FromSeconds(seconds));

    sealed class Asked : INameSource
    {
        int _count;

        public NameAnswer Answer { get; set; } = NameAnswer.NoAddress;

        public Exception? Fault { get; set; }

        public int Count => Volatile.Read(ref _count);

        public Task<NameAnswer> AskAsync(string host, CancellationToken cancel)
        {
            Assert.Equal("up.test", host);
            Interlocked.Increment(ref _count);
            return Fault is null ? Task.FromResult(Answer) : Task.FromException<NameAnswer>(Fault);
        }
    }
}
