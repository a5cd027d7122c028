using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

public class ChunkCounterTest
{
    [Theory]
    [InlineData("0", 0, false)]
    [InlineData("0 LAST", 0, true)]
    [InlineData("1000 last", 1000, true)]
    [InlineData("00012", 12, false)]
    [InlineData("9223372036854775807", long.MaxValue, false)]
    [InlineData("9223372036854775807 LAST", long.MaxValue, true)]
    public void Rule2_5_BdatIsDigitsAndPerhapsLast(string argument, long size, bool last)
    {
        Assert.True(ChunkCounter.TryParseBdat(Encoding.ASCII.GetBytes(argument), out long gotSize, out bool gotLast));
        Assert.Equal((size, last), (gotSize, gotLast));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("1 ")]
    [InlineData("1  LAST")]
    [InlineData("1\tLAST")]
    [InlineData("1 LAST ")]
    [InlineData("1 LASTLY")]
    [InlineData("1LAST")]
    [InlineData("LAST")]
    [InlineData("1,000")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551617")]
    [InlineData("99999999999999999999999999")]
    public void Rule2_5_AnythingElseIsNoChunk(string argument) =>
        Assert.False(ChunkCounter.TryParseBdat(Encoding.ASCII.GetBytes(argument), out _, out _));

    [Fact]
    public void Rule2_5_ChunksAreCountedToTheOctet()
    {
        ChunkCounter chunk = new(10, last: true);
        Assert.Equal((4, 6, 0), (chunk.Take(4), chunk.Take(100), chunk.Take(5)));
        Assert.True(chunk.IsDone && chunk.Last);
        Assert.True(new ChunkCounter(0, last: false).IsDone);
        Assert.Equal(int.MaxValue, new ChunkCounter(long.MaxValue, last: false).Take(int.MaxValue));
    }
}
