using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>DATA (rules 5.2 to 5.6).</summary>
public class ContentRulesTest
{
    static Setup Bare(BareNewlines mode, ReportOnly reportOnly = ReportOnly.None) =>
        Setup.Default.With(rules => rules with { BareNewlines = mode, ReportOnly = reportOnly });

    [Fact]
    public void Rule5_3_CleanContentPassesUntouchedAndIsCounted() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("Subject: x\r\n\r\n..stuffed\r\n\0\xff.\r\n.\r\n");
        s.Relays("250 2.0.0 queued\r\n");
        Assert.Equal((MessageOutcome.Accepted, 30L), Assert.Single(s.Heard.Messages));
        Assert.Equal([(Verb.Data, 354), (Verb.Data, 250)], s.Heard.Answers[^2..]);
        s.Exchange("NOOP", "250 ok");
    });

    [Theory]
    [InlineData("550 5.7.1 spam", MessageOutcome.Rejected)]
    [InlineData("451 4.3.0 later", MessageOutcome.Deferred)]
    public void ARefusedMessageIsRelayedAndTheSessionGoesOn(string reply, MessageOutcome outcome) => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards(".\r\n");
        s.Relays(reply + "\r\n");
        Assert.Equal((outcome, 0L), Assert.Single(s.Heard.Messages));
        s.BeginsData();
        s.Forwards("a\r\n.\r\n");
        s.Relays("250 ok\r\n");
        Assert.Equal((MessageOutcome.Accepted, 3L), s.Heard.Messages[^1]);
        Assert.Equal(2, s.Heard.Began);
    });

    [Fact]
    public void Rule5_2_UnderRejectABareNewlineEndsTheMessageButNotTheReading() => Play(Bare(BareNewlines.Reject), s =>
    {
        s.GreetedWith("PIPELINING");
        s.BeginsData();
        s.Client("clean\r\n");
        s.ToUpstream("clean\r\n");
        s.Client("dir\nty\r\n");
        Assert.True(s.WasCut);
        s.Client("\n.\r\nMAIL FROM:<evil@b>\r\n.\r\n");
        // How much of the last line had gone up depends on the cut; its end never does.
        Assert.StartsWith(s.TakeToUpstream(), "dir");
        s.ToClient($"{OwnReplies.BareNewline}\r\n");
        Assert.Equal(MessageOutcome.Aborted, Assert.Single(s.Heard.Messages).Outcome);
        Assert.Equal([(ReportOnly.BareNewlines, true)], s.Heard.Policies);
        s.Client("RSET\r\n");
        s.Closes(EndReason.Violation, "421 4.3.2", UpstreamParting.Abort);
    });

    [Fact]
    public void Rule5_2_ReportOnlyNormalizesAndCounts() => Play(Bare(BareNewlines.Reject, ReportOnly.BareNewlines), s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Client("dir\nty\r\n.\r\n");
        s.ToUpstream("dir\r\nty\r\n.\r\n");
        s.Relays("250 ok\r\n");
        Assert.Equal([(ReportOnly.BareNewlines, false)], s.Heard.Policies);
        Assert.Equal([Violation.BareNewline], s.Heard.ByClient);
    });

    [Fact]
    public void Rule5_4_LostAfterTheDotIs451AndThe421GoesToTheNextCommand() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n.\r\n");
        s.UpstreamEnds();
        s.ToClient($"{OwnReplies.MessageUnknown}\r\n");
        s.GoesOn();
        Assert.Equal(Awaits.Command, s.Dialogue.Waiting.For);
        Assert.Equal(MessageOutcome.Unknown, Assert.Single(s.Heard.Messages).Outcome);
        s.Client("MAIL FROM:<a@b>\r\n");
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
    });

    [Fact]
    public void Rule5_4_ACommandAlreadyHereHearsThe421AtOnce() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.BeginsData();
        s.Forwards("a\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.UpstreamEnds(InputEnd.Lost);
        s.ToClient($"{OwnReplies.MessageUnknown}\r\n");
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
        Assert.Equal(MessageOutcome.Unknown, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule5_4_DataTerminationEndsInTheSame451() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n.\r\n");
        s.Timer(Awaits.DataTermination);
        s.ToClient($"{OwnReplies.MessageUnknown}\r\n");
        Assert.True(s.WasCut);
        s.Client("NOOP\r\n");
        s.Closes(EndReason.Timeout, "421 4.4.2");
    });

    [Theory]
    [InlineData(InputEnd.Orderly)]
    [InlineData(InputEnd.Truncated)]
    [InlineData(InputEnd.Lost)]
    public void Rule5_5_AClientLostInsideContentAbortsTheUpstream(InputEnd how) => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("half a line");
        s.ClientEnds(how);
        Assert.True(s.Closes(EndReason.ClientLost, parting: UpstreamParting.Abort).ClientIsGone);
        Assert.Equal((MessageOutcome.Aborted, 11L), Assert.Single(s.Heard.Messages));
    });

    [Theory]
    [InlineData("552 5.3.4 too big", MessageOutcome.Rejected)]
    [InlineData("452 4.3.1 full", MessageOutcome.Deferred)]
    public void Rule5_6_AnEarlyRefusalIsToldAtTheClientsTrueEnd(string reply, MessageOutcome outcome) => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.BeginsData();
        s.Forwards("a\r\n");
        s.Upstream(reply + "\r\n");
        Assert.True(s.WasCut);
        s.ToClient("");
        s.Client("MAIL FROM:<evil@b>\r\n");
        s.ToClient("");
        s.Client(".\r\n");
        s.ToClient(reply + "\r\n");
        s.Closes(EndReason.UpstreamLost, parting: UpstreamParting.Abort);
        Assert.Equal([Violation.EarlyReply], s.Heard.ByUpstream);
        Assert.Equal(outcome, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule5_6_AnEarly2xxBecomes451() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n");
        s.Upstream("250 thanks\r\n");
        s.Client("b\r\n.\r\n");
        s.ToClientBegins("451 4.5.0 ");
        s.Closes(EndReason.UpstreamLost, parting: UpstreamParting.Abort);
    });

    [Fact]
    public void Rule5_6_AnEarly421IsRelayedAtOnce() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n");
        s.Relays("421 4.3.2 bye\r\n");
        s.Closes(EndReason.UpstreamLost, parting: UpstreamParting.Abort);
        Assert.Equal(MessageOutcome.Deferred, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule5_6_AReplyBeforeTheDotHasGoneIsEarly() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Unsent = 100;
        s.Forwards("a\r\n.\r\n");
        Assert.Equal(Awaits.DataBlock, s.Dialogue.Waiting.For);
        s.Upstream("250 thanks\r\n");
        Assert.True(s.WasCut);
        s.ToClientBegins("451 4.5.0 ");
        s.Closes(EndReason.UpstreamLost, parting: UpstreamParting.Abort);
        Assert.Equal(MessageOutcome.Unknown, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule5_6_WhatIsUnsentBehindTheDotDoesNotMakeItsReplyEarly() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        s.BeginsData();
        string next = "MAIL FROM:<a@b>\r\n";
        s.Unsent = 6 + next.Length;
        s.Forwards("a\r\n.\r\n" + next);
        s.Unsent = next.Length;
        s.Relays("250 queued\r\n");
        s.GoesOn();
        s.Relays("250 ok\r\n");
    });

    [Fact]
    public void Rule5_6_AChunkOfTheNextMessageDoesNotMakeTheDotsReplyEarly() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING", "CHUNKING");
        s.BeginsData();
        s.Forwards("a\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nBDAT 4 LAST\r\nab");
        s.Relays("250 queued\r\n");
        s.GoesOn();
        s.Forwards("cd");
        s.Relays("250 1\r\n250 2\r\n250 queued\r\n");
        Assert.Equal([(MessageOutcome.Accepted, 3L), (MessageOutcome.Accepted, 4L)], s.Heard.Messages);
    });

    [Fact]
    public void Rule5_4_LostBehindTheDotIsUnknownThoughTheNextChunkIsOnItsWay() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING", "CHUNKING");
        s.BeginsData();
        s.Forwards("a\r\n.\r\nMAIL FROM:<a@b>\r\nBDAT 4 LAST\r\nab");
        s.UpstreamEnds();
        s.ToClient("");
        s.Client("cd");
        s.ToClient($"{OwnReplies.MessageUnknown}\r\n");
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
        Assert.Equal(MessageOutcome.Unknown, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule5_6_TheDotThatHasGoneStaysGone() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n.\r\n");
        Assert.Equal(Awaits.DataTermination, s.Dialogue.Waiting.For);
        s.Relays("250 queued\r\n");
        s.GoesOn();
    });

    [Fact]
    public void Rule6_5_LostInsideContentTheClientIsReadToItsEndFirst() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n");
        s.UpstreamEnds();
        s.Client("b\r\n");
        s.ToClient("");
        s.GoesOn();
        s.Client(".\r\n");
        s.Closes(EndReason.UpstreamLost, "421 4.4.2", UpstreamParting.Abort);
        Assert.Equal(MessageOutcome.Aborted, Assert.Single(s.Heard.Messages).Outcome);
    });
}
