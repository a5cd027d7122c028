using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Session;

public sealed class RefusalsTest : IDisposable
{
    static readonly IPEndPoint s_end = IPEndPoint.Parse("198.51.100.7:51000");

    readonly FakeTimeProvider _clock = new();
    readonly ManualLoop _loop;
    readonly Refusals _refusals = new(most: 2);

    public RefusalsTest() => _loop = new ManualLoop(_clock);

    [Fact]
    public void Rule6_6_OnlySoManyOfTheRefusedLinger()
    {
        MemoryWire first = Refuse(), second = Refuse(), third = Refuse();
        Assert.False(first.IsClosed);
        Assert.False(second.IsClosed);
        Assert.True(third.IsClosed);
        Assert.False(third.WasReset);
        Assert.Equal("421 no\r\n"u8, third.Taken);                    // it hears why all the same
        first.End();
        _loop.RunUntilIdle();
        Assert.True(first.IsClosed);
        Assert.False(Refuse().IsClosed);                              // its place is free
    }

    [Fact]
    public void Rule6_6_ARefusedClientLingersForTwoSeconds()
    {
        MemoryWire wire = Refuse();
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        _loop.RunUntilIdle();
        Assert.False(wire.IsClosed);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        _loop.RunUntilIdle();
        Assert.True(wire.IsClosed);
    }

    public void Dispose()
    {
        _loop.AbortAll();
        _loop.RunUntilIdle();
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        _loop.Dispose();
    }

    MemoryWire Refuse()
    {
        MemoryWire wire = new();
        _loop.Post(() => _ = RefuseAsync(wire));
        _loop.RunUntilIdle();
        return wire;
    }

    async Task RefuseAsync(MemoryWire wire)
    {
        Waiter waiter = _loop.Enter();
        wire.Edge = waiter.SignalOctets;
        Leg leg = new(waiter, wire, s_end, s_end);
        leg.Write("421 no\r\n"u8);
        await _refusals.CloseAsync(leg);
        _loop.Leave(waiter);
    }
}
