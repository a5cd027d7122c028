using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>BDAT (rules 2.5, 5.2, 5.6).</summary>
public class ChunkRulesTest
{
    [Fact]
    public void Rule2_5_ChunksPassUnscanned() => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING");
        s.OpensTransaction();
        s.Forwards("BDAT 12\r\n\r\n.\r\nQUIT\r\n\0");
        s.Relays("250 2.0.0 got it\r\n");
        s.Forwards("BDAT 3 LAST\r\nabc");
        s.Relays("250 2.0.0 queued\r\n");
        Assert.Equal((MessageOutcome.Accepted, 15L), Assert.Single(s.Heard.Messages));
        Assert.Equal(1, s.Heard.Began);
        s.Exchange("NOOP", "250 ok");
    });

    [Theory]
    [InlineData("BDAT")]
    [InlineData("BDAT ")]
    [InlineData("BDAT  5")]
    [InlineData("BDAT 5 ")]
    [InlineData("BDAT -5")]
    [InlineData("BDAT 5 FIRST")]
    [InlineData("BDAT 9223372036854775808")]
    public void Rule2_5_ASizeThatCannotBeReadCloses(string command) => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING");
        s.OpensTransaction();
        s.Client(command + "\r\nQUIT\r\n");
        s.ToClient($"{OwnReplies.ChunkSize}\r\n");
        s.Closes(EndReason.Violation, parting: UpstreamParting.Close);
        Assert.Equal([Violation.BdatSyntax], s.Heard.ByClient);
    });

    [Fact]
    public void Rule2_5_WithoutChunkingTheChunkIsConsumedHere() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.OpensTransaction();
        s.Client("BDAT 6 LAST\r\nQUIT\r\nRSET\r\n");
        s.ToUpstream("RSET\r\n");
        s.ToClient($"{OwnReplies.ChunkingNotOffered}\r\n");
        s.Relays("250 ok\r\n");
    });

    [Fact]
    public void Rule2_5_BeforeTlsOnARequiredListenerTheChunkIsConsumedToo() => Play(Setup.Required, s =>
    {
        s.GreetedWith("CHUNKING");
        s.Client("BDAT 6\r\nQUIT\r\nNOOP\r\n");
        s.ToClient($"{OwnReplies.MustStartTls}\r\n");
        s.ToUpstream("NOOP\r\n");
        s.Relays("250 ok\r\n");
    });

    [Fact]
    public void Rule2_5_ARejectedChunkStillGoesUpWhole() => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING", "PIPELINING");
        s.OpensTransaction();
        s.Forwards("BDAT 10\r\nabc");
        s.Relays("452 4.3.1 full\r\n");
        s.Forwards("defghij");
        s.Exchange("RSET", "250 ok");
        Assert.Equal((MessageOutcome.Deferred, 10L), Assert.Single(s.Heard.Messages));
    });

    [Fact]
    public void Rule5_2_UnderRejectBdatIsNoWayRound() => Play(Setup.Default.With(rules => rules with { BareNewlines = BareNewlines.Reject }), s =>
    {
        s.Greeted();
        s.Forwards("EHLO c\r\n");
        s.Upstream("250-mx.test\r\n250-CHUNKING\r\n250 BINARYMIME\r\n");
        s.ToClient("250 mx.test\r\n");
        s.OpensTransaction();
        s.Client("BDAT 3 LAST\r\na\nb");
        s.ToClient($"{OwnReplies.ChunkingNotOffered}\r\n");
        s.GoesOn();
    });

    [Fact]
    public void Rule5_6_OnceTheUpstreamIsGoneTheRestOfAChunkIsConsumedHere() => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING");
        s.OpensTransaction();
        s.Forwards("BDAT 10 LAST\r\nabc");
        s.UpstreamEnds();
        s.ToClient("");
        s.GoesOn();
        s.Client("defghij");
        s.Closes(EndReason.UpstreamLost, "421 4.4.2", UpstreamParting.Abort);
        Assert.Equal(MessageOutcome.Aborted, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule5_4_LostBehindTheLastChunkIsLikeLostBehindTheDot() => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING");
        s.OpensTransaction();
        s.Forwards("BDAT 3 LAST\r\nabc");
        s.UpstreamEnds();
        s.ToClient($"{OwnReplies.MessageUnknown}\r\n");
        Assert.Equal(MessageOutcome.Unknown, Assert.Single(s.Heard.Messages).Outcome);
        s.Client("NOOP\r\n");
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
    });

    [Fact]
    public void Rule5_5_AClientLostInsideAChunkAbortsTheUpstream() => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING");
        s.OpensTransaction();
        s.Forwards("BDAT 10 LAST\r\nabc");
        s.ClientEnds();
        Assert.True(s.Closes(EndReason.ClientLost, parting: UpstreamParting.Abort).ClientIsGone);
        Assert.Equal(MessageOutcome.Aborted, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void AMessageWhoseChunksWereResetIsAborted() => Play(Setup.Default, s =>
    {
        s.GreetedWith("CHUNKING");
        s.OpensTransaction();
        s.Forwards("BDAT 3\r\nabc");
        s.Relays("250 ok\r\n");
        s.Exchange("RSET", "250 ok");
        Assert.Equal((MessageOutcome.Aborted, 3L), Assert.Single(s.Heard.Messages));
    });
}
