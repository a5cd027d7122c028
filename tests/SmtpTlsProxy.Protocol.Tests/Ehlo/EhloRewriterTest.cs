using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

public class EhloRewriterTest
{
    static readonly EhloPolicy _open = new(OfferStartTls: false, AuthAllowed: true, BothLegsTlsAndVerified: true, MaxMessageSize: null, HideChunking: false);

    readonly EhloAnswer _answer = new();

    string Rewrite(EhloPolicy policy, params string[] lines)
    {
        byte[] buffer = [];
        return Encoding.Latin1.GetString(EhloRewriter.Rewrite(Reply(lines), policy, _answer, ref buffer));
    }

    /// <summary>The texts of the lines; the proxy's answer is checked to be a well-formed 250.</summary>
    string[] Lines(EhloPolicy policy, params string[] lines)
    {
        string[] got = Rewrite(policy, lines).Split("\r\n");
        Assert.Equal("", got[^1]);
        Assert.StartsWith("250 ", got[^2]);
        Assert.All(got[..^2], line => Assert.StartsWith("250-", line));
        return [.. got[..^1].Select(line => line[4..])];
    }

    static byte[] Reply(params string[] lines) =>
        Encoding.Latin1.GetBytes(string.Concat(lines.Select((line, at) => (at + 1 < lines.Length ? "250-" : "250 ") + line + "\r\n")));

    [Theory]
    [InlineData("254\r\n", "254 \r\n")]
    [InlineData("220-mx\r\n220 PIPELINING\r\n", "220-mx\r\n220 PIPELINING\r\n")]
    public void Rule1_1_TheServersOwnCodeReachesTheClient(string reply, string expected)
    {
        byte[] buffer = [];
        Assert.Equal(expected, Encoding.Latin1.GetString(EhloRewriter.Rewrite(Encoding.Latin1.GetBytes(reply), _open, _answer, ref buffer)));
    }

    [Fact]
    public void Rule1_3_OrderCaseAndParametersAreKept()
    {
        string[] lines = ["mx.example.org at your service, [192.0.2.1]", "PIPELINING", "size 1000000", "8BITMIME", "SmtpUtf8", "DSN", "ENHANCEDSTATUSCODES",
            "CHUNKING", "BINARYMIME", "X-UNKNOWN a=b  c", "LIMITS RCPTMAX=100", "AUTH PLAIN LOGIN", "DSN"];
        Assert.Equal(lines, Lines(_open, lines));
        Assert.True(_answer.Extended && _answer.Pipelining && _answer.Chunking && _answer.BinaryMime && _answer.AuthOffered);
        Assert.False(_answer.ChunkingHidden || _answer.AuthHidden || _answer.MechanismsHidden || _answer.StartTlsOffered);
        Assert.Equal(1000000, _answer.Size);
    }

    [Theory]
    [InlineData("STARTTLS")]
    [InlineData("starttls")]
    [InlineData(" STARTTLS")]
    [InlineData("STARTTLS ")]
    [InlineData("STARTTLS\tnow")]
    [InlineData("STARTTLS=yes")]
    public void Rule1_3_TheUpstreamsStartTlsNeverLeaks(string line)
    {
        Assert.Equal(["mx", "DSN"], Lines(_open, "mx", line, "DSN"));
        Assert.Equal(["mx", "DSN"], Lines(_open, "mx", "DSN", line));
        Assert.True(_answer.UpstreamOffersStartTls);
        Assert.Equal(["mx", "DSN", "STARTTLS"], Lines(_open with { OfferStartTls = true }, "mx", line, "DSN"));
        Assert.True(_answer.StartTlsOffered);
    }

    [Fact]
    public void Rule1_3_OurOwnStartTlsIsAddedToAnAnswerWithoutCapabilities()
    {
        Assert.Equal("250-mx\r\n250 STARTTLS\r\n", Rewrite(_open with { OfferStartTls = true }, "mx"));
        Assert.Equal("250 mx\r\n", Rewrite(_open, "mx", "STARTTLS"));
    }

    [Fact]
    public void Rule1_3_TheFirstLineIsNeverACapability()
    {
        Assert.Equal(["PIPELINING", "DSN"], Lines(_open, "PIPELINING", "DSN"));
        Assert.False(_answer.Pipelining);
    }

    [Fact]
    public void Rule1_3_IfTheLastLineGoesTheOneBeforeBecomesLast() =>
        Assert.Equal("250-mx\r\n250 DSN\r\n", Rewrite(_open, "mx", "DSN", "XCLIENT NAME ADDR", "PRDR", "STARTTLS"));

    [Theory]
    [InlineData("XCLIENT NAME ADDR")]
    [InlineData("XFORWARD NAME")]
    [InlineData("XPROXY")]
    [InlineData("XPROXYFROM")]
    [InlineData("XSHADOW")]
    [InlineData("XSHADOWREQUEST")]
    [InlineData("XEXCH50")]
    [InlineData("X-LINK2STATE")]
    [InlineData("X-EXPS GSSAPI NTLM")]
    [InlineData("X-EXPS=LOGIN")]
    [InlineData("X-ANONYMOUSTLS")]
    [InlineData("BURL imap")]
    [InlineData("TURN")]
    [InlineData("ATRN")]
    [InlineData("PRDR")]
    [InlineData("PIPECONNECT")]
    [InlineData("X_PIPE_CONNECT")]
    [InlineData("CHECKPOINT")]
    [InlineData("VERB")]
    [InlineData("verb")]
    public void Rule1_3_HiddenExtensionsDisappearAndTheirCommandsAreKnown(string line)
    {
        Assert.Equal(["mx", "DSN"], Lines(_open, "mx", line, "DSN"));
        Assert.True(HiddenExtensions.IsHiddenCommand(Encoding.ASCII.GetBytes(line.Split(' ', '=')[0])));
    }

    [Theory]
    [InlineData("VERBOSE")]
    [InlineData("XCLIENT2")]
    [InlineData("ETRN")]
    [InlineData("X-RSET")]
    [InlineData("EXPN")]
    [InlineData("")]
    public void Rule1_3_OtherExtensionsPass(string line)
    {
        Assert.Equal(["mx", line, "DSN"], Lines(_open, "mx", line, "DSN"));
        Assert.False(HiddenExtensions.IsHiddenCommand(Encoding.ASCII.GetBytes(line)));
    }

    [Theory]
    [InlineData("PRDR", true)]
    [InlineData("prdr", true)]
    [InlineData("TRANSID=<1@example.org>", true)]
    [InlineData("SIZE=1", false)]
    [InlineData("PRDRX", false)]
    public void Rule2_8_HiddenMailParametersAreKnown(string parameter, bool hidden) =>
        Assert.Equal(hidden, HiddenExtensions.IsHiddenMailParameter(Encoding.ASCII.GetBytes(parameter)));

    [Fact]
    public void Rule1_3_AuthDisappearsWhereTheLegsMayNotCarryIt()
    {
        Assert.Equal(["mx", "DSN"], Lines(_open with { AuthAllowed = false }, "mx", "AUTH PLAIN", "AUTH=PLAIN", "DSN"));
        Assert.True(_answer.AuthHidden);
        Assert.False(_answer.AuthOffered || _answer.MechanismsHidden);
        Assert.Equal(["mx", "AUTH PLAIN", "AUTH=PLAIN", "DSN"], Lines(_open, "mx", "AUTH PLAIN", "AUTH=PLAIN", "DSN"));
        Assert.False(_answer.AuthHidden);
    }

    [Theory]
    [InlineData("AUTH PLAIN EXTERNAL LOGIN", "AUTH PLAIN LOGIN", false)]
    [InlineData("AUTH=PLAIN EXTERNAL", "AUTH=PLAIN", false)]
    [InlineData("auth external  Plain", "auth Plain", false)]
    [InlineData("AUTH  PLAIN\tLOGIN", "AUTH  PLAIN\tLOGIN", false)]
    [InlineData("AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN", "AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN", false)]
    [InlineData("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 PLAIN", "AUTH PLAIN", true)]
    [InlineData("AUTH scram-sha-1-plus OAUTHBEARER", "AUTH OAUTHBEARER", true)]
    [InlineData("AUTH GS2-KRB5-PLUS GS2-KRB5 SCRAM-SHA-1", "AUTH GS2-KRB5 SCRAM-SHA-1", true)]
    [InlineData("AUTH EXTERNAL", null, false)]
    [InlineData("AUTH SCRAM-SHA-1 SCRAM-SHA-1-PLUS", null, true)]
    [InlineData("AUTH", null, false)]
    public void Rule1_3_MechanismsThatTheHopBreaksDisappear(string offered, string? expected, bool downgraded)
    {
        Assert.Equal(expected is null ? ["mx", "DSN"] : ["mx", expected, "DSN"], Lines(_open, "mx", offered, "DSN"));
        Assert.Equal((expected != null, downgraded), (_answer.AuthOffered, _answer.MechanismsHidden));
    }

    [Fact]
    public void Rule1_3_APlusOnOneAuthLineTakesTheScramOfTheOther() =>
        Assert.Equal(["mx", "AUTH=PLAIN"], Lines(_open, "mx", "AUTH=SCRAM-SHA-1 PLAIN", "AUTH SCRAM-SHA-1-PLUS"));

    [Fact]
    public void Rule2_8_ARemovedMechanismIsKnownAndOneNeverOfferedIsNot()
    {
        Lines(_open, "mx", "AUTH SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN EXTERNAL");
        Assert.True(_answer.IsMechanismRemoved("external"u8) && _answer.IsMechanismRemoved("SCRAM-SHA-1"u8));
        Assert.True(_answer.IsMechanismRemoved("SCRAM-SHA-1-PLUS"u8));
        Assert.False(_answer.IsMechanismRemoved("PLAIN"u8) || _answer.IsMechanismRemoved("SCRAM-SHA-256"u8) || _answer.IsMechanismRemoved(""u8));
        Lines(_open, "mx");
        Assert.False(_answer.IsMechanismRemoved("EXTERNAL"u8));
    }

    [Fact]
    public void Rule1_3_RequireTlsStaysOnlyOnTwoGoodLegs()
    {
        Assert.Equal(["mx", "REQUIRETLS"], Lines(_open, "mx", "REQUIRETLS"));
        Assert.False(_answer.RequireTlsHidden);
        Assert.Equal(["mx"], Lines(_open with { BothLegsTlsAndVerified = false }, "mx", "RequireTLS"));
        Assert.True(_answer.RequireTlsHidden);
        Assert.True(HiddenExtensions.IsRequireTls("RequireTls"u8));
        Lines(_open with { BothLegsTlsAndVerified = false }, "mx");
        Assert.False(_answer.RequireTlsHidden);
    }

    [Theory]
    [InlineData("SIZE 52428800", 1000, "SIZE 1000")]
    [InlineData("Size 52428800", 1000, "Size 1000")]
    [InlineData("SIZE 500", 1000, "SIZE 500")]
    [InlineData("SIZE 1000", 1000, "SIZE 1000")]
    [InlineData("SIZE 0", 1000, "SIZE 1000")]
    [InlineData("SIZE", 1000, "SIZE 1000")]
    [InlineData("SIZE 99999999999999999999999999", 1000, "SIZE 1000")]
    [InlineData("SIZE 99999999999999999999999999", null, "SIZE 99999999999999999999999999")]
    [InlineData("SIZE 0", null, "SIZE 0")]
    [InlineData("SIZE abc", 1000, "SIZE abc")]
    public void Rule1_3_SizeIsLoweredNeverRaised(string offered, int? max, string expected) =>
        Assert.Equal(["mx", expected], Lines(_open with { MaxMessageSize = max }, "mx", offered));

    [Fact]
    public void Rule1_3_SizeIsNotAddedToAServerThatDoesNotKnowIt()
    {
        Assert.Equal(["mx"], Lines(_open with { MaxMessageSize = 1000 }, "mx"));
        Assert.Null(_answer.Size);
    }

    [Fact]
    public void Rule5_2_WhereBareOctetsAreRefusedThereAreNoChunks()
    {
        Assert.Equal(["mx", "DSN"], Lines(_open with { HideChunking = true }, "mx", "CHUNKING", "BINARYMIME", "DSN"));
        Assert.True(_answer.Chunking && _answer.ChunkingHidden);
    }

    [Fact]
    public void Rule1_4_HeloInPlaceOfEhloOffersStartTlsAlone()
    {
        byte[] buffer = [];
        EhloPolicy policy = _open with { OfferStartTls = true };
        string one = Encoding.ASCII.GetString(EhloRewriter.FromHelo("250 mx hello\r\n"u8, policy, _answer, ref buffer));
        string many = Encoding.ASCII.GetString(EhloRewriter.FromHelo("250-mx hello\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"u8, policy, _answer, ref buffer));
        Assert.Equal(("250-mx hello\r\n250 STARTTLS\r\n", "250-mx hello\r\n250 STARTTLS\r\n"), (one, many));
        Assert.True(_answer.StartTlsOffered);
        Assert.False(_answer.Extended || _answer.Pipelining || _answer.AuthOffered);
    }

    [Fact]
    public void Rule1_3_EachAnswerIsComputedAfresh()
    {
        Lines(_open with { OfferStartTls = true, AuthAllowed = false, HideChunking = true }, "mx", "PIPELINING", "CHUNKING", "SIZE 5", "AUTH EXTERNAL");
        Lines(_open, "mx");
        Assert.True(_answer.Extended);
        Assert.False(_answer.Pipelining || _answer.Chunking || _answer.ChunkingHidden);
        Assert.False(_answer.StartTlsOffered || _answer.AuthHidden || _answer.Size is not null);
        _answer.Clear();
        Assert.False(_answer.Extended);
    }

    [Theory]
    [InlineData("250-mx\n250-STARTTLS\n250 DSN\n", "250-mx\r\n250 DSN\r\n")]     // quirk lfReplies
    [InlineData("250-mx\r\n250\r\n", "250-mx\r\n250 \r\n")]                     // RFC 5321 section 4.2: the space may be missing
    public void Rule2_10_OddLineEndsAreBorne(string reply, string expected)
    {
        byte[] buffer = [];
        Assert.Equal(expected, Encoding.ASCII.GetString(EhloRewriter.Rewrite(Encoding.ASCII.GetBytes(reply), _open, _answer, ref buffer)));
    }

    [Fact]
    public void ASecondAnswerAllocatesNothing()
    {
        byte[] reply = Reply("mx", "PIPELINING", "SIZE 5000", "STARTTLS", "AUTH SCRAM-SHA-1-PLUS SCRAM-SHA-1 PLAIN EXTERNAL", "XCLIENT", "DSN"), buffer = [];
        EhloPolicy policy = _open with { OfferStartTls = true, MaxMessageSize = 1000 };
        EhloRewriter.Rewrite(reply, policy, _answer, ref buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        EhloRewriter.Rewrite(reply, policy, _answer, ref buffer);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void ACapabilityIsFoundWithItsParameters()
    {
        byte[] reply = Reply("XCLIENT first line", "XFORWARD NAME", "xclient  NAME ADDR ");
        Assert.True(EhloLines.TryFind(reply, "XCLIENT"u8, out ReadOnlySpan<byte> parameters));
        Assert.Equal("NAME ADDR", Encoding.ASCII.GetString(parameters));
        Assert.False(EhloLines.TryFind(reply, "DSN"u8, out _));
    }
}
