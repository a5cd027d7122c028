using SmtpTlsProxy.Transport.Legs;
using static SmtpTlsProxy.Transport.Tests.Legs.LegPair;

namespace SmtpTlsProxy.Transport.Tests.Legs;

public sealed class LegTlsTest : IDisposable
{
    const int KiB = 1024;

    // TLS 1.3: header, content type, tag.
    const int RecordOverhead = 5 + 1 + 16;

    readonly LegPair _pair = new LegPair().Upgrade();

    public LegTlsTest()
    {
        _pair.Server.Flush();
        Assert.Equal("", Hear(_pair.Client));
        _pair.ServerWire.Sends.Clear();
    }

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void AGroupOfRepliesIsOneRecordInOneSend()
    {
        _pair.Server.Write("250 one\r\n"u8);
        _pair.Server.Write("250 two\r\n"u8);
        Assert.Equal(18, _pair.Server.Unsent);
        _pair.Server.Flush();
        Assert.Equal([18 + RecordOverhead], _pair.ServerWire.Sends);
        Assert.Equal("250 one\r\n250 two\r\n", Hear(_pair.Client));
    }

    [Fact]
    public void SixteenKiBGoOutAtOnce()
    {
        _pair.Server.Write("250 one\r\n"u8);
        _pair.Server.Write(LegBench.Octets(60 * KiB));
        Assert.Single(_pair.ServerWire.Sends);
        Assert.Equal(0, _pair.Server.Unsent);
    }

    [Fact]
    public void RecordsThatCameTogetherAreLentTogether()
    {
        byte[] octets = LegBench.Octets(50 * KiB);
        _pair.Server.Write(octets);
        Assert.Equal(ReadStatus.Data, _pair.Client.TryRead(out ReadOnlySpan<byte> lent));
        Assert.True(lent.SequenceEqual(octets));
        Assert.Equal(octets.Length, _pair.Client.BytesIn);
    }

    [Fact]
    public void ARestIsOfferedAgainAndGrows()
    {
        Say(_pair.Server, "250 o");
        Assert.Equal(ReadStatus.Data, _pair.Client.TryRead(out _));
        _pair.Client.NeedMore();
        Assert.Equal(ReadStatus.Empty, _pair.Client.TryRead(out _));
        _pair.Loop.Turn(TimeSpan.Zero);
        Say(_pair.Server, "ne\r\n");
        Assert.Equal("250 one\r\n", Hear(_pair.Client));
    }

    [Fact]
    public void ASlowPeerStopsTheWriterAndLosesNothing()
    {
        byte[] octets = LegBench.Octets(50 * KiB);
        _pair.ServerMemory.Window = 10 * KiB;
        int writes = 0;
        for (; _pair.Server.CanWrite; writes++)
            _pair.Server.Write(octets);
        Assert.Equal(2, writes);
        Assert.False(_pair.ServerMemory.IsWritable);
        _pair.ServerMemory.Window = long.MaxValue;
        _pair.Server.Flush();
        Assert.True(_pair.Server.CanWrite);
        Assert.Equal([.. octets, .. octets], Drain(_pair.Client));
    }

    [Fact]
    public void ManySmallWritesStopAtTheHighWaterToo()
    {
        _pair.ServerMemory.Window = 0;
        byte[] octets = LegBench.Octets(1000);
        int written = 0;
        for (; _pair.Server.CanWrite; written += octets.Length)
            _pair.Server.Write(octets);
        Assert.InRange(written, 60_000, 70_000);
        _pair.ServerMemory.Window = long.MaxValue;
        _pair.Server.Flush();
        Assert.Equal(written, Drain(_pair.Client).Length);
    }

    [Fact]
    public void TheInputOfAnIdleLegIsEmpty()
    {
        Assert.True(_pair.Client.InputIsEmpty());
        Say(_pair.Server, "250 unasked\r\n");
        Assert.False(_pair.Client.InputIsEmpty());
        Assert.Equal("250 unasked\r\n", Hear(_pair.Client));
        Assert.True(_pair.Client.InputIsEmpty());
    }

    [Fact]
    public void CloseNotifyIsTheEndAndAFinAloneIsTruncation()
    {
        Task<bool> closed = _pair.Start(() => _pair.Server.CloseAsync(TimeSpan.FromSeconds(2)));
        Assert.Equal("", Hear(_pair.Client, out ReadStatus end));
        Assert.Equal(ReadStatus.End, end);
        _pair.ServerMemory.End();
        _pair.Loop.RunUntilIdle();
        Assert.True(Done(closed));

        using LegPair other = new LegPair().Upgrade();
        other.ServerMemory.ShutdownSend();
        Hear(other.Client, out end);
        Assert.Equal(ReadStatus.Truncated, end);
    }

    [Fact]
    public void WritingGoesOnAfterThePeersEnd_Rule6_6()
    {
        _pair.ClientMemory.ShutdownSend();
        Hear(_pair.Server, out ReadStatus end);
        Assert.Equal(ReadStatus.Truncated, end);
        Say(_pair.Server, "221 bye\r\n");
        Assert.Equal("221 bye\r\n", Hear(_pair.Client));
    }

    [Fact]
    public void PlaintextBehindCloseNotifyIsNeverRead_Rule6_6()
    {
        Task<bool> closed = _pair.Start(() => _pair.Client.CloseAsync(TimeSpan.FromSeconds(2)));
        _pair.ServerMemory.Feed("MAIL FROM:<x>\r\n"u8);
        Assert.Equal("", Hear(_pair.Server, out ReadStatus end));
        Assert.Equal(ReadStatus.End, end);
        Assert.Equal("", Hear(_pair.Server, out end));
        Assert.Equal(ReadStatus.End, end);
        Assert.False(closed.IsCompleted);
    }

    [Fact]
    public void ABrokenRecordIsLost()
    {
        _pair.ClientMemory.Feed("250 in clear\r\n"u8);
        Assert.Equal("", Hear(_pair.Client, out ReadStatus end));
        Assert.Equal(ReadStatus.Lost, end);
    }

    [Fact]
    public void AFailedSendIsReadAsLoss()
    {
        _pair.ServerMemory.Reset();
        Say(_pair.Server, "250 ok\r\n");
        Assert.Equal(0, _pair.Server.Unsent);
        Hear(_pair.Server, out ReadStatus end);
        Assert.Equal(ReadStatus.Lost, end);
    }

    [Fact]
    public void RawOctetsAreNotToBeHadUnderTls()
    {
        Assert.Throws<InvalidOperationException>(() => _pair.Client.Peek(new byte[1]));
    }

    [Fact]
    public void AKeyUpdateIsAnsweredAndNothingIsLost()
    {
        KeyUpdate.Ask(_pair.Client);
        Say(_pair.Client, "NOOP\r\n");
        Assert.Equal("NOOP\r\n", Hear(_pair.Server));
        Say(_pair.Server, "250 ok\r\n");
        Assert.Equal("250 ok\r\n", Hear(_pair.Client));
        Say(_pair.Client, "QUIT\r\n");
        Assert.Equal("QUIT\r\n", Hear(_pair.Server));
    }

    [Fact]
    public void AnIdleLegHoldsNoBuffer()
    {
        _pair.Loop.RunUntilIdle();
        Assert.Equal(0, _pair.Loop.Counts.RentedBuffers);
    }

    static byte[] Drain(Leg leg)
    {
        List<byte> all = [];
        while (leg.TryRead(out ReadOnlySpan<byte> lent) is ReadStatus.Data)
        {
            all.AddRange(lent);
            leg.Consume(lent.Length);
        }

        return [.. all];
    }
}
