using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Transport.Tests.Legs;

public sealed class LegWriteTest : IDisposable
{
    const int KiB = 1024;

    readonly LegBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void SmallWritesLeaveTogetherAtTheFlush()
    {
        _bench.Leg.Write("250-a\r\n"u8);
        _bench.Leg.Write("250 b\r\n"u8);
        Assert.Empty(_bench.Wire.Sends);
        Assert.Equal(14, _bench.Leg.Unsent);
        _bench.Leg.Flush();
        Assert.Equal([14], _bench.Wire.Sends);
        Assert.Equal("250-a\r\n250 b\r\n", _bench.Taken);
        Assert.Equal(0, _bench.Loop.Counts.RentedBuffers);
        Assert.Equal(14, _bench.Leg.BytesOut);
    }

    [Fact]
    public void AFlushOfNothingSendsNothing()
    {
        _bench.Leg.Flush();
        Assert.Empty(_bench.Wire.Sends);
    }

    [Fact]
    public void SixteenKiBGoOutAtOnceAndUncopied()
    {
        _bench.Leg.Write(LegBench.Octets(16 * KiB));
        Assert.Equal([16 * KiB], _bench.Wire.Sends);
        Assert.Equal(0, _bench.Leg.Unsent);
    }

    [Fact]
    public void ALargeWriteBehindGatheredOctetsTakesThemAlong()
    {
        _bench.Leg.Write("DATA\r\n"u8);
        _bench.Leg.Write(LegBench.Octets(16 * KiB));
        Assert.Equal([(16 * KiB) + 6], _bench.Wire.Sends);
    }

    [Fact]
    public void GatheredOctetsAreFlushedOnce64KiBAreUnsent()
    {
        for (int i = 0; i < 6; i++)
            _bench.Leg.Write(LegBench.Octets(10 * KiB));
        Assert.Empty(_bench.Wire.Sends);
        _bench.Leg.Write(LegBench.Octets(10 * KiB));
        Assert.Equal([70 * KiB], _bench.Wire.Sends);
    }

    [Fact]
    public void CanWriteIsFalseOnlyWhileTheKernelIsFull()
    {
        _bench.Memory.Window = 10 * KiB;
        byte[] octets = LegBench.Octets(60 * KiB);
        _bench.Leg.Write(octets);
        Assert.Equal(50 * KiB, _bench.Leg.Unsent);
        Assert.True(_bench.Leg.CanWrite);
        _bench.Leg.Write(octets);
        Assert.False(_bench.Leg.CanWrite);
        Assert.False(_bench.Wire.IsWritable);

        _bench.Memory.Window = 1024 * KiB;
        Assert.True(_bench.Wire.IsWritable);
        _bench.Leg.Flush();
        Assert.Equal(0, _bench.Leg.Unsent);
        Assert.Equal([.. octets, .. octets], _bench.Memory.Taken);
    }

    [Fact]
    public void AWriteOfAnySizeIsTakenWhole()
    {
        _bench.Memory.Window = 0;
        byte[] octets = LegBench.Octets(300 * KiB);
        _bench.Leg.Write(octets.AsSpan(0, 128 * KiB));
        _bench.Leg.Write(octets.AsSpan(128 * KiB));
        Assert.Equal(300 * KiB, _bench.Leg.Unsent);
        _bench.Memory.Window = 1024 * KiB;
        _bench.Leg.Flush();
        Assert.Equal(octets, _bench.Memory.Taken);
        Assert.Equal(0, _bench.Loop.Counts.RentedBuffers);
    }

    [Fact]
    public void AnyWindowKeepsTheOrder()
    {
        byte[] octets = LegBench.Octets(200 * KiB);
        Random random = new(1);
        _bench.Memory.Window = 0;
        for (int at = 0, size; at < octets.Length; at += size)
        {
            size = Math.Min(random.Next(1, 20 * KiB), octets.Length - at);
            _bench.Leg.Write(octets.AsSpan(at, size));
            _bench.Memory.Window += random.Next(0, 15 * KiB);
            _bench.Leg.Flush();
        }

        _bench.Memory.Window = 1024 * KiB;
        _bench.Leg.Flush();
        Assert.Equal(octets, _bench.Memory.Taken);
    }

    [Fact]
    public void AFailedSendIsReadAsLossBehindWhatWasReceived()
    {
        _bench.Memory.Feed("QUIT\r\n"u8, default);
        Assert.Equal(ReadStatus.Data, _bench.Leg.TryRead(out _));
        _bench.Memory.Reset();
        _bench.Leg.Write("221 2.0.0\r\n"u8);
        _bench.Leg.Flush();
        Assert.Equal(0, _bench.Leg.Unsent);
        Assert.Equal(ReadStatus.Data, _bench.Leg.TryRead(out ReadOnlySpan<byte> lent));
        _bench.Leg.Consume(lent.Length);
        Assert.Equal(ReadStatus.Lost, _bench.Leg.TryRead(out _));
    }

    [Fact]
    public void WritesToALostLegAreDropped()
    {
        _bench.Memory.Reset();
        _bench.Leg.Write(LegBench.Octets(20 * KiB));
        _bench.Leg.Write("more"u8);
        Assert.Equal(0, _bench.Leg.Unsent);
        Assert.True(_bench.Leg.CanWrite);
    }

    [Fact]
    public void AnAbortDropsWhatIsUnsentAndResetsOnce()
    {
        _bench.Leg.Write("354 go on\r\n"u8);
        _bench.Leg.Abort();
        _bench.Leg.Abort();
        _bench.Leg.Write("more"u8);
        _bench.Leg.Flush();
        Assert.True(_bench.Wire.ClosedByReset);
        Assert.Equal(0, _bench.Leg.Unsent);
        Assert.Equal("", _bench.Taken);
    }
}
