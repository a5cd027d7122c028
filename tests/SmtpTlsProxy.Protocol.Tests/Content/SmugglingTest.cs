namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Rules 5.1 and 5.2: a second message hidden behind something that only one side takes for the end of data.</summary>
public class SmugglingTest
{
    static readonly string[] _endings =
    [
        "\n.\n", "\n.\r\n", "\r.\r", "\r.\n", "\n.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n", "\r\r\n.\r\r\n",
        "\r\n.\r\r\n", "\r\n\r.\r\n", "\n\0.\n", "\n.\0\n", "\r\n.\0x\r\n", "\r\n\0\0.\0\0\r\n", "\r\n\r\r.\r\r\r\n", "\r\n.\r\0\r\n", "\r\n\0\r.\r\n",
    ];

    const string Second = "MAIL FROM:<evil@example.org>\r\nRCPT TO:<you@example.org>\r\nDATA\r\nhidden\r\n.\r\n";

    public static TheoryData<BareNewlines, string> Cases => new(
        from mode in Enum.GetValues<BareNewlines>()
        from ending in _endings
        select new TheoryDataRow<BareNewlines, string>(mode, ending));

    [Theory, MemberData(nameof(Cases))]
    public void Rule5_1_NothingButCrlfDotCrlfEndsDataWhereverItIsCut(BareNewlines mode, string ending)
    {
        string content = "Subject: a\r\n\r\nfirst" + ending + Second;
        int end = mode == BareNewlines.Accept ? Readers.LfClient(content)[0] : Readers.Strict(content)[0];
        foreach (int[] cuts in AllCuts(content))
        {
            Scanned scanned = Scanned.Of(mode, content, cuts);
            Assert.True(scanned.Ended);
            Assert.Equal(content.Length - end, scanned.Left.Length);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rule5_2_NoServerSeesAnEndThatTheClientDidNotSendWhereverItIsCut(BareNewlines mode, string ending)
    {
        string content = "first" + ending + Second;
        foreach (int[] cuts in AllCuts(content))
        {
            Scanned scanned = Scanned.Of(mode, content, cuts);
            if (mode == BareNewlines.Pass)
                Assert.Equal(content, scanned.Output);      // promises nothing else
            else
                Assert.All(Readers.Lenient, reader => Assert.Equal(scanned.BareFound > 0 ? [] : [scanned.Output.Length], reader.Ends(scanned.Output)));
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rule5_1_AnEmptyFirstLineDoesNotHelp(BareNewlines mode, string ending)
    {
        // The CRLF of the DATA line counts as the first: endings are tried without their own.
        string content = ending.TrimStart('\r', '\n') + Second;
        foreach (int[] cuts in AllCuts(content))
        {
            Scanned scanned = Scanned.Of(mode, content, cuts);
            Assert.True(scanned.Ended);
            if (mode != BareNewlines.Pass)
                Assert.All(Readers.Lenient, reader => Assert.Equal(scanned.BareFound > 0 ? [] : [scanned.Output.Length], reader.Ends(scanned.Output)));
        }
    }

    /// <summary>Whole, cut once at every position, cut twice around every position, and octet by octet.</summary>
    static IEnumerable<int[]> AllCuts(string content)
    {
        yield return [];
        yield return [.. Enumerable.Range(0, content.Length)];
        for (int cut = 1; cut < content.Length; cut++)
        {
            yield return [cut];
            yield return [cut, cut + 1];
        }
    }
}
