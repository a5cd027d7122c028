using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Transport.Tests.Legs;

/// <summary>Rule 6.6: every close lingers.</summary>
public sealed class LegCloseTest : IDisposable
{
    static readonly TimeSpan s_linger = TimeSpan.FromSeconds(2);

    readonly LegPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void TheLastWordsAreSentThenFinThenInputIsDiscarded_Rule6_6()
    {
        _pair.ServerMemory.Feed("more of what nobody wants"u8);
        _pair.Server.Write("421 4.3.2 bye\r\n"u8);
        Task<bool> closed = Close(s_linger);
        Assert.Equal("421 4.3.2 bye\r\n", LegPair.Hear(_pair.Client, out ReadStatus end));
        Assert.Equal(ReadStatus.End, end);
        Assert.False(closed.IsCompleted);
        Assert.False(_pair.ServerMemory.IsReadable);
        _pair.ServerMemory.End();
        _pair.Loop.RunUntilIdle();
        Assert.True(LegPair.Done(closed));
        Assert.False(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void ItLingersForItsTimeAtMost_Rule6_6()
    {
        Task<bool> closed = Close(s_linger);
        _pair.Advance(TimeSpan.FromSeconds(1));
        _pair.ServerMemory.Feed("still talking"u8);
        _pair.Loop.RunUntilIdle();
        Assert.False(closed.IsCompleted);
        _pair.Advance(TimeSpan.FromSeconds(1.1));
        Assert.True(LegPair.Done(closed));
        Assert.False(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void ItDiscards256KiBAtMost_Rule6_6()
    {
        Task<bool> closed = Close(s_linger);
        for (int i = 0; i < 8; i++)
        {
            Assert.False(closed.IsCompleted);
            _pair.ServerMemory.Feed(LegBench.Octets(32 * 1024));
            _pair.Loop.RunUntilIdle();
        }

        Assert.True(LegPair.Done(closed));
    }

    [Fact]
    public void WhatThePeerDoesNotTakeInTimeDiesByReset()
    {
        _pair.ServerMemory.Window = 3;
        _pair.Server.Write("421 4.3.2 bye\r\n"u8);
        Task<bool> closed = Close(s_linger);
        Assert.False(_pair.ServerWire.IsShut);
        _pair.Advance(s_linger + TimeSpan.FromSeconds(0.1));
        Assert.True(LegPair.Done(closed));
        Assert.True(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void RoomMadeInTimeTakesTheLastWords()
    {
        _pair.ServerMemory.Window = 3;
        _pair.Server.Write("421 4.3.2 bye\r\n"u8);
        Close(s_linger);
        _pair.ServerMemory.Window = 100;
        _pair.Loop.RunUntilIdle();
        Assert.Equal("421 4.3.2 bye\r\n", LegPair.Hear(_pair.Client, out ReadStatus end));
        Assert.Equal(ReadStatus.End, end);
    }

    [Fact]
    public void ZeroLingersNotAtAll()
    {
        _pair.Server.Write("221 bye\r\n"u8);
        Assert.True(LegPair.Done(Close(TimeSpan.Zero)));
        Assert.Equal("221 bye\r\n", LegPair.Hear(_pair.Client));
        Assert.False(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void APeerThatHasEndedIsNotWaitedFor()
    {
        _pair.ServerMemory.End();
        Assert.True(LegPair.Done(Close(s_linger)));
    }

    [Fact]
    public void ALostPeerIsNotWaitedFor()
    {
        _pair.ServerMemory.Reset();
        _pair.Server.Write("221 bye\r\n"u8);
        Assert.True(LegPair.Done(Close(s_linger)));
        Assert.True(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void AnAbortedSessionDoesNotLinger()
    {
        Task<bool> closed = Close(s_linger);
        _pair.Loop.AbortAll();
        _pair.Loop.RunUntilIdle();
        Assert.True(LegPair.Done(closed));
    }

    [Fact]
    public void AnAbortEndsTheLingering()
    {
        Task<bool> closed = Close(s_linger);
        _pair.Server.Abort();
        _pair.Loop.RunUntilIdle();
        Assert.True(LegPair.Done(closed));
        Assert.True(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void ASecondCloseDoesNothing()
    {
        Assert.True(LegPair.Done(Close(TimeSpan.Zero)));
        Assert.True(LegPair.Done(Close(s_linger)));
        _pair.Server.Abort();
        Assert.False(_pair.ServerWire.ClosedByReset);
    }

    [Fact]
    public void AnUnconsumedRestIsDropped()
    {
        _pair.ServerMemory.Feed("half a line"u8);
        Assert.Equal(ReadStatus.Data, _pair.Server.TryRead(out _));
        Assert.True(LegPair.Done(Close(TimeSpan.Zero)));
        Assert.Equal(ReadStatus.Lost, _pair.Server.TryRead(out _));
    }

    Task<bool> Close(TimeSpan linger) => _pair.Start(() => _pair.Server.CloseAsync(linger));
}
