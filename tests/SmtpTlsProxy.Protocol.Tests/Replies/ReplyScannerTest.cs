using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Rule 2.10.</summary>
public class ReplyScannerTest
{
    /// <summary>State, code, and how many octets the reply took; the same in one piece and octet by octet.</summary>
    static (ReplyState State, int Code, int Length) Scan(string text, bool lfEnds = false)
    {
        byte[] octets = Encoding.Latin1.GetBytes(text);
        ReplyScanner whole = new(lfEnds), pieces = new(lfEnds);
        ReplyState state = whole.Scan(octets, out Reply reply);
        for (int length = 1; length <= octets.Length && length < 10_000; length++)
        {
            ReplyState piece = pieces.Scan(octets.AsSpan(0, length), out Reply found);
            if (piece == ReplyState.NeedsMore)
                continue;
            Assert.Equal(state, piece);
            Assert.Equal(reply.Octets, found.Octets);
            break;
        }
        return (state, reply.Code, reply.Octets.Length);
    }

    [Theory]
    [InlineData("250 ok\r\nx", 250, 8)]
    [InlineData("250\r\n", 250, 5)]
    [InlineData("250 \r\n", 250, 6)]
    [InlineData("250-a\r\n250-\r\n250 b\r\n", 250, 20)]
    [InlineData("250-a\r\n250\r\n", 250, 12)]
    [InlineData("559 \xff\t\x01\r\n", 559, 9)]
    [InlineData("200 x\r\n", 200, 7)]
    public void AReplyIsWholeWithItsLastLine(string text, int code, int length) =>
        Assert.Equal((ReplyState.Complete, code, length), Scan(text));

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("250")]
    [InlineData("250-a\r\n")]
    [InlineData("250-a\r\n250")]
    [InlineData("250 ok\r")]
    public void UntilThenItNeedsMore(string text) => Assert.Equal(ReplyState.NeedsMore, Scan(text).State);

    [Theory]
    [InlineData("150 x\r\n")]
    [InlineData("600 x\r\n")]
    [InlineData("260 x\r\n")]
    [InlineData("2x0 x\r\n")]
    [InlineData("25\r\n")]
    [InlineData("2500\r\n")]
    [InlineData("250\tx\r\n")]
    [InlineData("\r\n")]
    [InlineData("250-a\r\n251 b\r\n")]
    [InlineData("250-a\r\nb\r\n")]
    [InlineData("250 a\n")]
    [InlineData("250 a\rb\r\n")]
    [InlineData("250 a\r\r\n")]
    [InlineData("250 a\0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("\x15\x03\x03")]
    public void AnythingElseIsNoReply(string text) => Assert.Equal(ReplyState.Malformed, Scan(text).State);

    [Theory]
    [InlineData(4096, ReplyState.Complete)]
    [InlineData(4097, ReplyState.Malformed)]
    public void ALineHasAtMost4096Octets(int length, ReplyState state) =>
        Assert.Equal(state, Scan("250 " + new string('x', length - 6) + "\r\n").State);

    [Theory]
    [InlineData(12_290, ReplyState.Complete)]
    [InlineData(12_291, ReplyState.Malformed)]
    public void AChallengeMayBeLonger(int length, ReplyState state) =>
        Assert.Equal(state, Scan("334 " + new string('x', length - 6) + "\r\n").State);

    [Theory]
    [InlineData(0, ReplyState.Complete)]
    [InlineData(1, ReplyState.Malformed)]
    public void AReplyHasAtMost64KiB(int more, ReplyState state)
    {
        string line = "250-" + new string('x', 4090) + "\r\n";
        string last = "250 " + new string('x', 4090 + more) + "\r\n";
        Assert.Equal(state, Scan(string.Concat(Enumerable.Repeat(line, 15)) + last).State);
        Assert.Equal(ReplyState.Malformed, Scan(string.Concat(Enumerable.Repeat(line, 16))).State);
    }

    [Fact]
    public void QuirkLfRepliesBearsABareLf()
    {
        Assert.Equal((ReplyState.Complete, 250, 12), Scan("250-a\n250 b\n", lfEnds: true));
        Assert.Equal((ReplyState.Complete, 250, 13), Scan("250-a\r\n250 b\n", lfEnds: true));
        Assert.Equal((ReplyState.Complete, 250, 4), Scan("250\n", lfEnds: true));
    }

    [Fact]
    public void TheScannerStartsAnewAfterEachReply()
    {
        ReplyScanner scanner = new(lfEnds: false);
        Assert.Equal(ReplyState.Complete, scanner.Scan("250-a\r\n250 b\r\n"u8, out _));
        Assert.Equal(ReplyState.Complete, scanner.Scan("550 c\r\n"u8, out Reply second));
        Assert.Equal(550, second.Code);
    }
}
