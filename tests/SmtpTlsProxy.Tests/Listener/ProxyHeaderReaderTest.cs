using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Listener;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Tests.Listener;

/// <summary>What becomes of a balancer's connection before its header is there.</summary>
public sealed class ProxyHeaderReaderTest : IDisposable
{
    static readonly IPEndPoint s_balancer = IPEndPoint.Parse("10.0.0.9:40000");
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    readonly FakeTimeProvider _clock = new();
    readonly ManualLoop _loop;
    readonly Route _route;
    readonly MemoryWire _wire = new();
    Leg _leg = null!;
    Task<EndReason> _reading = null!;

    public ProxyHeaderReaderTest()
    {
        _loop = new ManualLoop(_clock);
        _route = new Route(new WorldOptions(), new MemoryDialler((_, _) => _wire), _clock);
    }

    [Fact]
    public void R6_8_AWholeHeaderCountsThoughItsPeerEnded()
    {
        _wire.Feed("PROXY TCP4 192.0.2.7 192.0.2.1 4711 25\r\nQUIT\r\n"u8);
        _wire.End();
        Begin();
        Assert.Equal(EndReason.None, Result);
        Assert.Equal(IPEndPoint.Parse("192.0.2.7:4711"), _leg.Remote);
        Assert.Equal(ReadStatus.Data, _leg.TryRead(out ReadOnlySpan<byte> rest));
        Assert.Equal("QUIT\r\n", Encoding.ASCII.GetString(rest));
    }

    [Fact]
    public void R6_1_HalfAHeaderAndAnEndIsOverAtOnce()
    {
        Begin();
        Feed("PROXY TCP4 192.0.2.7");
        Assert.Equal(EndReason.ClientLost, EndAfter(() => _wire.End()));
    }

    [Theory, InlineData(""), InlineData("PROXY TCP4 192.0.2.7")]
    public void R6_4_ADrainEndsTheWaitForAHeader(string half)
    {
        Begin();
        Feed(half);
        Assert.Equal(EndReason.Drain, EndAfter(_loop.DrainAll));
    }

    [Fact]
    public void R6_4_WhoConnectsInADrainIsNotWaitedFor()
    {
        _loop.DrainAll();
        Begin();
        Assert.Equal(EndReason.Drain, Result);
    }

    [Fact]
    public void R6_1_TheTimerRunsForTheWholeHeader()
    {
        Begin();
        _clock.Advance(TimeSpan.FromSeconds(4));
        Feed("PROXY ");
        Assert.False(_reading.IsCompleted);
        Assert.Equal(EndReason.Timeout, EndAfter(() => _clock.Advance(TimeSpan.FromSeconds(1.1))));
    }

    public void Dispose()
    {
        _loop.AbortAll();
        _loop.RunUntilIdle();
        Assert.True(_reading.IsCompleted);
        Assert.True(_loop.Counts.Sessions == 0);
        _route.Dispose();
        _loop.Dispose();
    }

    EndReason Result => _reading.IsCompleted ? _reading.GetAwaiter().GetResult() : throw new InvalidOperationException("The reading goes on.");

    EndReason EndAfter(Action what)
    {
        what();
        _loop.RunUntilIdle();
        return Result;
    }

    void Feed(string words)
    {
        _wire.Feed(Encoding.ASCII.GetBytes(words));
        _loop.RunUntilIdle();
    }

    void Begin()
    {
        _loop.Post(() => _reading = ReadAsync());
        _loop.RunUntilIdle();
    }

    async Task<EndReason> ReadAsync()
    {
        Waiter waiter = _loop.Enter();
        _wire.Edge = waiter.SignalOctets;
        _leg = new Leg(waiter, _wire, s_balancer, s_balancer);
        SessionRecord record = new(_route.Of.ListenerMetrics, _route.Of.UpstreamMetrics, _clock, _route.Log, s_balancer);
        EndReason end = await ProxyHeaderReader.ReadAsync(_leg, record, s_limit);
        record.Ended(new SessionEnd { Reason = EndReason.Empty });
        _loop.Leave(waiter);
        return end;
    }
}
