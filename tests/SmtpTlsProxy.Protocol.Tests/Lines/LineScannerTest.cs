using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

public class LineScannerTest
{
    [Theory]
    [InlineData("", 10, LineEnd.NeedsMore, "", 0)]
    [InlineData("NOOP", 10, LineEnd.NeedsMore, "", 0)]
    [InlineData("NOOP\r", 10, LineEnd.NeedsMore, "", 0)]
    [InlineData("NOOP\r\nx", 10, LineEnd.CrLf, "NOOP", 6)]
    [InlineData("NOOP\r\n", 6, LineEnd.CrLf, "NOOP", 6)]
    [InlineData("NOOP\r\n", 5, LineEnd.TooLong, "", 0)]
    [InlineData("NOOP\r", 5, LineEnd.TooLong, "", 0)]
    [InlineData("NOOP\nx", 10, LineEnd.BareLf, "NOOP", 5)]
    [InlineData("\n", 10, LineEnd.BareLf, "", 1)]
    [InlineData("\r\n", 10, LineEnd.CrLf, "", 2)]
    [InlineData("a\rb\r\n", 10, LineEnd.CrLf, "a\rb", 5)]
    [InlineData("a\r\r\n", 10, LineEnd.CrLf, "a\r", 4)]
    public void ALineEndsAtItsFirstLf(string input, int limit, LineEnd end, string text, int length)
    {
        Line line = LineScanner.Scan(Encoding.Latin1.GetBytes(input), limit);
        Assert.Equal((end, text, length), (line.End, Encoding.Latin1.GetString(line.Text), line.Length));
    }
}
