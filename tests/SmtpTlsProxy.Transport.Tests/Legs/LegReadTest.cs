using System.Text;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Transport.Tests.Legs;

public sealed class LegReadTest : IDisposable
{
    readonly LegBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void WhatCameIsLent()
    {
        _bench.Memory.Feed("EHLO a\r\n"u8, Cut.Whole);
        Assert.Equal("EHLO a\r\n", Read());
        Assert.Equal(8, _bench.Leg.BytesIn);
    }

    [Fact]
    public void AnUnconsumedRestIsOfferedAgainWithoutASystemCall()
    {
        _bench.Memory.Feed("NOOP\r\nRSET\r\n"u8, Cut.Whole);
        Read();
        int receives = _bench.Wire.Receives;
        _bench.Leg.Consume(6);
        Assert.Equal("RSET\r\n", Read());
        Assert.Equal(receives, _bench.Wire.Receives);
    }

    [Fact]
    public void NeedMoreReceivesBehindTheRest()
    {
        _bench.Memory.Feed("NOOP\r\nRS"u8, Cut.Whole);
        Read();
        _bench.Leg.Consume(6);
        _bench.Leg.NeedMore();
        Assert.Equal(ReadStatus.Empty, _bench.Leg.TryRead(out _));
        _bench.Memory.Feed("ET\r\n"u8, Cut.Whole);
        Assert.Equal("RSET\r\n", Read());
    }

    [Fact]
    public void ARestSurvivesTheTurnAndIsGivenBackWhenConsumed()
    {
        _bench.Memory.Feed("NOOP\r\nRSET\r\n"u8, Cut.Whole);
        Read();
        _bench.Leg.Consume(6);
        _bench.Loop.Turn(TimeSpan.Zero);
        Assert.Equal(1, _bench.Loop.Counts.RentedBuffers);
        Assert.Equal("RSET\r\n", Read());
        _bench.Leg.Consume(6);
        Assert.Equal(0, _bench.Loop.Counts.RentedBuffers);
    }

    [Fact]
    public void ARestSurvivesAnotherLegsRead()
    {
        MemoryWire memory = new() { Edge = _bench.Waiter.SignalOctets };
        Leg other = new(_bench.Waiter, memory, LegBench.Nowhere, LegBench.Nowhere);
        _bench.Memory.Feed("NOOP\r\nRSET\r\n"u8, Cut.Whole);
        memory.Feed("250 ok, and rather longer than that\r\n"u8, Cut.Whole);
        Read();
        _bench.Leg.Consume(6);
        Assert.Equal(ReadStatus.Data, other.TryRead(out _));
        Assert.Equal("RSET\r\n", Read());
        other.Abort();
    }

    [Fact]
    public void ARestGrowsTo128KiBAndNoFurther()
    {
        byte[] octets = LegBench.Octets(130 * 1024);
        for (int at = 0; at < octets.Length; at += 10 * 1024)
            _bench.Memory.Feed(octets.AsSpan(at, 10 * 1024), Cut.Whole);
        int length = 0;
        while (length < 128 * 1024)
        {
            Assert.Equal(ReadStatus.Data, _bench.Leg.TryRead(out ReadOnlySpan<byte> lent));
            Assert.True(lent.Length > length);
            Assert.True(lent.SequenceEqual(octets.AsSpan(0, lent.Length)));
            length = lent.Length;
            _bench.Leg.NeedMore();
        }

        Assert.Throws<InvalidOperationException>(() => _bench.Leg.TryRead(out _));
    }

    [Fact]
    public void TheEndIsToldAfterTheOctetsAndForGood()
    {
        _bench.Memory.Feed("QUIT\r\n"u8, Cut.Whole);
        _bench.Memory.End();
        Assert.Equal("QUIT\r\n", Read());
        Assert.False(_bench.Leg.InputEnded);
        _bench.Leg.Consume(6);
        Assert.Equal(ReadStatus.End, _bench.Leg.TryRead(out _));
        Assert.Equal(ReadStatus.End, _bench.Leg.TryRead(out _));
        Assert.True(_bench.Leg.InputEnded);
    }

    [Fact]
    public void AnUnfinishedLineIsDroppedAtTheEnd()
    {
        _bench.Memory.Feed("QUI"u8, Cut.Whole);
        _bench.Memory.End();
        Read();
        _bench.Leg.NeedMore();
        Assert.Equal(ReadStatus.End, _bench.Leg.TryRead(out _));
    }

    [Fact]
    public void AResetIsLost()
    {
        _bench.Memory.Reset();
        Assert.Equal(ReadStatus.Lost, _bench.Leg.TryRead(out _));
        Assert.True(_bench.Leg.InputEnded);
    }

    [Fact]
    public void NothingIsReadBehindAnAbort()
    {
        _bench.Memory.Feed("NOOP\r\n"u8, Cut.Whole);
        Read();
        _bench.Leg.Abort();
        Assert.Equal(ReadStatus.Lost, _bench.Leg.TryRead(out ReadOnlySpan<byte> lent));
        Assert.True(lent.IsEmpty);
    }

    [Fact]
    public void InputIsEmptyAsksTheWireItself()
    {
        Assert.True(_bench.Leg.InputIsEmpty());
        Assert.Equal(ReadStatus.Empty, _bench.Leg.TryRead(out _));
        _bench.Memory.Feed("MAIL"u8, Cut.Whole);
        int receives = _bench.Wire.Receives;
        Assert.False(_bench.Leg.InputIsEmpty());
        Assert.Equal(receives, _bench.Wire.Receives);
        Assert.Equal("MAIL", Read());
        Assert.False(_bench.Leg.InputIsEmpty());
        _bench.Leg.Consume(4);
        Assert.True(_bench.Leg.InputIsEmpty());
    }

    [Fact]
    public void AnEndedInputIsEmpty()
    {
        _bench.Memory.End();
        Assert.True(_bench.Leg.InputIsEmpty());
        Assert.Equal(ReadStatus.End, _bench.Leg.ProbeEnd());
        Assert.True(_bench.Leg.InputEnded);
    }

    [Fact]
    public void ProbingTellsOctetsFromTheEndWithoutConsuming()
    {
        Assert.Equal(ReadStatus.Empty, _bench.Leg.ProbeEnd());
        _bench.Memory.Feed("Q"u8, Cut.Whole);
        Assert.Equal(ReadStatus.Data, _bench.Leg.ProbeEnd());
        Assert.Equal("Q", Read());
        _bench.Leg.Consume(1);
        _bench.Memory.Reset();
        Assert.Equal(ReadStatus.Lost, _bench.Leg.ProbeEnd());
    }

    [Fact]
    public void WhatWasPeekedIsSkippedToTheOctet()
    {
        _bench.Memory.Feed("PROXY UNKNOWN\r\nEHLO"u8, Cut.Whole);
        Span<byte> peeked = stackalloc byte[64];
        Assert.Equal(19, _bench.Leg.Peek(peeked));
        _bench.Leg.Skip(15);
        Assert.Equal(0, _bench.Leg.BytesIn);
        Assert.Equal("EHLO", Read());
    }

    [Fact]
    public void RawOctetsAreNotPeekedBehindReceivedOnes()
    {
        _bench.Memory.Feed("EHLO"u8, Cut.Whole);
        Read();
        Assert.Throws<InvalidOperationException>(() => _bench.Leg.Peek(new byte[1]));
        Assert.Throws<InvalidOperationException>(() => _bench.Leg.Skip(1));
    }

    [Fact]
    public void ALegIsUsedOnItsLoopOnly()
    {
        Exception? found = null;
        Thread other = new(() => found = Record.Exception(() => _bench.Leg.TryRead(out _)));
        other.Start();
        other.Join();
        Assert.IsType<InvalidOperationException>(found);
    }

    [Fact]
    public void EveryCutBringsTheSameOctets()
    {
        byte[] octets = Encoding.ASCII.GetBytes("EHLO a\r\nMAIL FROM:<a@a>\r\n");
        _bench.Memory.Feed(octets, Cut.Byte);
        List<byte> all = [];
        for (int turns = 0; all.Count < octets.Length && turns < 100; turns++)
        {
            all.AddRange(_bench.ReadAll(_bench.Leg, out _));
            _bench.Loop.Turn(TimeSpan.Zero);
        }

        Assert.Equal(octets, all);
    }

    string Read()
    {
        Assert.Equal(ReadStatus.Data, _bench.Leg.TryRead(out ReadOnlySpan<byte> lent));
        return Encoding.Latin1.GetString(lent);
    }
}
