namespace SmtpTlsProxy.Protocol.Tests;

public class DataScannerTest
{
    public static TheoryData<BareNewlines> Modes => new(Enum.GetValues<BareNewlines>());

    [Theory, MemberData(nameof(Modes))]
    public void Rule5_1_AnEmptyMessageIsADotLineBehindData(BareNewlines mode)
    {
        Scanned scanned = Scanned.Of(mode, ".\r\nQUIT\r\n");
        Assert.True(scanned.Ended);
        Assert.Equal((".\r\n", "QUIT\r\n", 0), (scanned.Output, scanned.Left, scanned.Size));
    }

    [Theory, MemberData(nameof(Modes))]
    public void Rule5_3_CleanContentIsOneRunAndUntouched(BareNewlines mode)
    {
        string content = "a\r\n..stuffed\r\n.x\r\n\r\n\r\nNUL \0 and \u00e9\u0001\u007f\r\n" + new string('l', 5000) + "\r\n.\r\n";
        Scanned scanned = Scanned.Of(mode, content);
        Assert.Equal((content, 1, false), (scanned.Output, scanned.Steps, scanned.SawBare));
        Assert.Equal(content.Length - 3, scanned.Size);
    }

    [Theory]
    [InlineData("a\nb\r\n", "a\r\nb\r\n")]
    [InlineData("a\n.b\n..c\r\n", "a\r\n.b\r\n..c\r\n")]       // an LF-line client has stuffed it already
    [InlineData("a\rb\r\n", "a b\r\n")]
    [InlineData("a\r\r\n", "a \r\n")]
    [InlineData("a\r\r\rb\r\n", "a   b\r\n")]
    [InlineData("\n\n\n", "\r\n\r\n\r\n")]
    [InlineData("\n\r\n\r", "\r\n\r\n")]
    [InlineData("a\r\n.\nb\r\n", "a\r\n..\r\nb\r\n")]
    [InlineData("a\n.\nb\r\n", "a\r\n..\r\nb\r\n")]
    [InlineData("a\n.\r\nb\r\n", "a\r\n..\r\nb\r\n")]
    [InlineData(".\n", "..\r\n")]
    [InlineData("a\r\n.\rb\r\n", "a\r\n. b\r\n")]
    [InlineData("a\r\n.\r\r\n", "a\r\n.. \r\n")]
    [InlineData("a\r\n\r.\r\n", "a\r\n ..\r\n")]
    [InlineData("a\r\n\0.\r\n", "a\r\n\0..\r\n")]
    [InlineData("a\r\n.\0\r\n", "a\r\n..\0\r\n")]
    [InlineData("a\r\n.\0b\r\n", "a\r\n..\0b\r\n")]
    [InlineData("a\r\n\0.b\r\n", "a\r\n\0.b\r\n")]
    [InlineData("a\r\n..\n", "a\r\n..\r\n")]
    [InlineData("a\r\n \r.\r\n", "a\r\n  .\r\n")]                // the client's own blank counts: no lone dot
    [InlineData("a\r.\r\n", "a .\r\n")]
    public void Rule5_2_NormalizeWritesWhatEveryServerReadsAlike(string content, string expected)
    {
        foreach (int cut in Enumerable.Range(0, content.Length))
            Assert.Equal(expected, Scanned.Of(BareNewlines.Normalize, content, cut).Output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(76)]
    [InlineData(7000)]
    [InlineData(16382)]
    [InlineData(16384)]
    [InlineData(40000)]
    public void Rule5_2_ManySmallPiecesAreJoinedAndLongRunsAreNotCopied(int length)
    {
        string lines = string.Concat(Enumerable.Repeat(new string('x', length) + "\n.\n", 80_000 / length));
        Scanned scanned = Scanned.Of(BareNewlines.Normalize, lines + "\r\n.\r\n", 10_000, 20_000, 20_001);
        Assert.Equal(lines.Replace("\n.\n", "\r\n..\r\n") + "\r\n.\r\n", scanned.Output);
        Assert.True(scanned.Ended);
        Assert.InRange(scanned.Steps, 1, 50);
    }

    [Theory]
    [InlineData("a\n.\nQUIT\n", "a\r\n.\r\n", "QUIT\n", 2)]
    [InlineData("a\n.\r\nQUIT\n", "a\r\n.\r\n", "QUIT\n", 2)]
    [InlineData("a\r\n.\nQUIT\n", "a\r\n.\r\n", "QUIT\n", 3)]
    [InlineData("a\r\n.\r\nQUIT\n", "a\r\n.\r\n", "QUIT\n", 3)]
    [InlineData(".\nQUIT\n", ".\r\n", "QUIT\n", 0)]
    public void Rule5_2_AcceptTakesLfDotLfAndWritesCrlf(string content, string output, string left, int size)
    {
        foreach (int cut in Enumerable.Range(0, content.Length))
        {
            Scanned scanned = Scanned.Of(BareNewlines.Accept, content, cut);
            Assert.True(scanned.Ended);
            Assert.Equal((output, left, size), (scanned.Output, scanned.Left, scanned.Size));
        }
    }

    [Theory]
    [InlineData("ab\ncd\r\n.\r\nQUIT\r\n", "ab")]
    [InlineData("ab\rcd\r\n.\r\nQUIT\r\n", "ab")]
    [InlineData("\ncd\r\n.\r\nQUIT\r\n", "")]
    [InlineData("ab\r\r\n.\r\nQUIT\r\n", "ab")]
    [InlineData("ab\r\n\n.\n\r\n.\r\nQUIT\r\n", "ab\r\n")]
    [InlineData("ab\n\r.\r\n.\r\nQUIT\r\n", "ab")]
    public void Rule5_2_RejectStopsBeforeTheFirstBareOctetAndReadsToTheTrueEnd(string content, string output)
    {
        foreach (int cut in Enumerable.Range(0, content.Length))
        {
            Scanned scanned = Scanned.Of(BareNewlines.Reject, content, cut);
            Assert.True(scanned.Ended && scanned.SawBare);
            Assert.Equal((output, "QUIT\r\n", 1), (scanned.Output, scanned.Left, scanned.BareFound));
            Assert.Equal(content.Length - "QUIT\r\n".Length - 3, scanned.Size);
        }
    }

    [Theory]
    [InlineData("a\nb\r\n.\r\n")]
    [InlineData("a\rb\r\n.\r\n")]
    [InlineData("\n.\r\n\r.\n.\n\r\n.\r\n")]
    public void Rule5_2_PassChangesNothingAndSays(string content)
    {
        foreach (int cut in Enumerable.Range(0, content.Length))
        {
            Scanned scanned = Scanned.Of(BareNewlines.Pass, content, cut);
            Assert.Equal((content, true, true), (scanned.Output, scanned.Ended, scanned.SawBare));
        }
    }

    [Theory]
    [InlineData(BareNewlines.Pass, 2)]
    [InlineData(BareNewlines.Reject, 2)]
    [InlineData(BareNewlines.Normalize, 1025)]
    [InlineData(BareNewlines.Accept, 1025)]
    public void Rule5_2_WhatIsHeldIsBounded(BareNewlines mode, int bound)
    {
        string content = "a\r\n." + new string('\r', 5000) + "\0\0\r\n" + new string('\r', 5000) + new string('\0', 5000) + ".\r\n.\r\n";
        Scanned scanned = Scanned.Of(mode, content, [.. Enumerable.Range(0, content.Length)]);
        Assert.True(scanned.Ended);
        Assert.InRange(scanned.MaxHeld, 1, bound);
        if (mode is BareNewlines.Normalize or BareNewlines.Accept)
            Assert.Equal("a\r\n.." + new string(' ', 5000) + "\0\0\r\n" + new string(' ', 5000) + new string('\0', 5000) + "..\r\n.\r\n", scanned.Output);
    }

    [Theory, MemberData(nameof(Modes))]
    public void Rule5_3_ScanningAllocatesNothing(BareNewlines mode)
    {
        byte[] content = [.. Enumerable.Repeat("a line\r\n.dot\nstray\r!\r\n\0.\n"u8.ToArray(), 100).SelectMany(line => line), .. "\r\n.\r\n"u8];
        ScanAll(mode, content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ScanAll(mode, content);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static void ScanAll(BareNewlines mode, ReadOnlySpan<byte> content)
    {
        DataScanner scanner = new(mode);
        DataStep step = default;
        for (int at = 0; !step.Ended; at += step.Consumed)
            step = scanner.Scan(content[at..]);
    }
}
