using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>The order of replies, pipelining, barriers (rules 2.1, 2.2, 2.6).</summary>
public class QueueTest
{
    static readonly Setup _reject = Setup.Default.With(rules => rules with { BareNewlines = BareNewlines.Reject });

    [Fact]
    public void Rule1_1_CommandsAndRepliesPassOctetForOctet() => Play(Setup.Default, s =>
    {
        s.Relays("220-mx.test\xe9 ESMTP\r\n220 hello\r\n");
        s.Exchange("NoOp   x\ty \xe9", "250-2.0.0 one\r\n250 two");
        s.Exchange("XUNKNOWN-1_a", "250");
        s.Exchange("VRFY a", "252 2.0.0 perhaps");
        s.GoesOn();
    });

    [Fact]
    public void Rule2_1_OwnRepliesKeepTheirPlaceBetweenTheUpstreams() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b>\r\nMAIL FROM:<a@b> PRDR\r\nRCPT TO:<c@d>\r\nXCLIENT ADDR=1\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.ToClient("");
        s.Upstream("250 mail\r\n250 rcpt\r\n");
        s.ToClient($"250 mail\r\n{OwnReplies.ParameterNotOffered}\r\n250 rcpt\r\n{OwnReplies.NotOffered}\r\n");
    });

    [Fact]
    public void Rule2_1_AnUnaskedReplyEndsTheSession() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Upstream("250 what\r\n");
        s.Closes(EndReason.Violation, "421 4.5.0", UpstreamParting.Close);
        Assert.Equal([Violation.UnexpectedReply], s.Heard.ByUpstream);
    });

    [Fact]
    public void Rule2_1_AnUnasked421IsRelayedAndEndsBothLegs() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Relays("421 4.3.2 going down\r\n");
        s.Closes(EndReason.UpstreamLost, parting: UpstreamParting.Close);
    });

    [Fact]
    public void Rule2_1_A421ToACommandIsRelayedAtOnceAndEndsBothLegs() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Forwards("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.Relays("421 4.3.2 going down\r\n");
        s.Closes(EndReason.UpstreamLost, parting: UpstreamParting.Close);
        Assert.Equal((Verb.Mail, 421), s.Heard.Answers[^2]);
        Assert.Equal((Verb.Rcpt, 0), s.Heard.Answers[^1]);
    });

    [Fact]
    public void Rule2_1_AFullQueueStopsReadingTheClient() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        string rcpt = "RCPT TO:<c@d>\r\n";
        s.Client(string.Concat(Enumerable.Repeat(rcpt, 200)));
        s.ToUpstream(string.Concat(Enumerable.Repeat(rcpt, 128)));
        Assert.False(s.Dialogue.WantsClient);
        s.Upstream("250 ok\r\n");
        s.ToClient("250 ok\r\n");
        s.ToUpstream(rcpt);
        s.Upstream(string.Concat(Enumerable.Repeat("250 ok\r\n", 128)));
        s.ToUpstream(string.Concat(Enumerable.Repeat(rcpt, 71)));
        s.Upstream(string.Concat(Enumerable.Repeat("250 ok\r\n", 71)));
        s.ToClient(string.Concat(Enumerable.Repeat("250 ok\r\n", 199)));
    });

    [Fact]
    public void Rule2_2_AGroupGoesUpTogetherAndItsRepliesComeBackTogether() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Forwards("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n");
        s.Relays("250 1\r\n250 2\r\n550 3\r\n354 4\r\n");
        s.GoesOn();
    });

    [Fact]
    public void Rule2_6_WithoutPipeliningOneCommandGoesAtATime() => Play(Setup.Default, s =>
    {
        s.GreetedWith("SIZE 1000");
        s.Client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\n");
        s.Relays("250 1\r\n");
        s.ToUpstream("RCPT TO:<c@d>\r\n");
        s.Relays("250 2\r\n");
    });

    [Fact]
    public void Rule2_6_PipeliningIsForgottenWithHelo() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Exchange("HELO client.test", "250 mx.test");
        s.Client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\n");
    });

    [Theory]
    [InlineData("EHLO again.test")]
    [InlineData("HELO again.test")]
    [InlineData("NOOP")]
    [InlineData("VRFY x")]
    [InlineData("EXPN x")]
    [InlineData("HELP")]
    [InlineData("XUNKNOWN")]
    [InlineData("ETRN x")]
    public void Rule2_6_WhatStandsBehindABarrierWaitsForItsReplyAndIsCounted(string barrier) => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client($"{barrier}\r\nMAIL FROM:<a@b>\r\n");
        s.ToUpstream($"{barrier}\r\n");
        Assert.Equal("MAIL FROM:<a@b>\r\n", s.LeftUnread);
        s.Relays("250 ok\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\n");
        Assert.Equal([Violation.Pipelining], s.Heard.ByClient);
        s.GoesOn();
    });

    [Fact]
    public void Rule2_6_AGroupThatRfc2920AllowsIsNotCounted() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING", "CHUNKING");
        s.Forwards("RSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 3\r\nabcBDAT 0 LAST\r\nMAIL FROM:<a@b>\r\n");
        Assert.Empty(s.Heard.ByClient);
        s.Relays("250 1\r\n250 2\r\n250 3\r\n250 4\r\n250 5\r\n250 6\r\n");
    });

    [Theory]
    [InlineData("550 5.1.1 no")]
    [InlineData("250 what")]
    public void Rule2_6_OctetsBehindARefusedDataEndTheSession(string refusal) => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        s.OpensTransaction();
        s.Client("DATA\r\nSubject: x\r\n\r\nRSET\r\n.\r\n");
        s.ToUpstream("DATA\r\n");
        s.Relays(refusal + "\r\n");
        s.Closes(EndReason.Violation, "503 5.5.1");
        Assert.Contains(Violation.BehindRefusal, s.Heard.ByClient);
        Assert.Empty(s.Heard.Messages);
    });

    [Fact]
    public void Rule2_6_ARefusedDataWithNothingBehindItGoesOn() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.OpensTransaction();
        s.Exchange("DATA", "554 5.5.1 no valid recipients");
        s.Exchange("RSET", "250 ok");
        s.GoesOn();
    });

    [Fact]
    public void Rule2_6_OctetsBehindARefusedAuthEndTheSession() => Play(Setup.Tls.Whole, s =>
    {
        s.GreetedWith("PIPELINING", "AUTH PLAIN");
        s.Client("AUTH PLAIN\r\nAHUAcA==\r\n");
        s.ToUpstream("AUTH PLAIN\r\n");
        s.Relays("504 5.5.4 no\r\n");
        s.Closes(EndReason.Violation, "503 5.5.1");
    });

    [Fact]
    public void Rule2_6_OctetsBehindADataRefusedHereEndTheSessionToo() => Play(Setup.Required.Whole, s =>
    {
        s.Greeted();
        s.Client("DATA\r\nQUIT\r\n");
        s.ToClient($"{OwnReplies.MustStartTls}\r\n");
        s.Closes(EndReason.Violation, "503 5.5.1", UpstreamParting.Quit);
    });

    [Fact]
    public void Rule2_6_OctetsBehindAnAuthRefusedHereEndTheSessionToo() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("AUTH PLAIN");
        s.Client("AUTH PLAIN\r\nAHUAcA==\r\n");
        s.ToClient($"{OwnReplies.AuthNeedsTls}\r\n");
        s.Closes(EndReason.Violation, "503 5.5.1");
    });

    [Fact]
    public void Rule2_6_ContentIsNotReadBefore354() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        s.OpensTransaction();
        s.Client("DATA\r\nhello\r\n.\r\n");
        s.ToUpstream("DATA\r\n");
        Assert.Equal("hello\r\n.\r\n", s.LeftUnread);
        s.Relays("354 go\r\n");
        s.ToUpstream("hello\r\n.\r\n");
        s.Relays("250 ok\r\n");
        Assert.Contains(Violation.Pipelining, s.Heard.ByClient);
    });

    [Fact]
    public void Rule2_6_TheFinalDotIsNoBarrierWherePipeliningWasOffered() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.BeginsData();
        s.Forwards("hello\r\n.\r\nMAIL FROM:<a@b>\r\nQUIT\r\n");
        s.Relays("250 queued\r\n250 ok\r\n221 bye\r\n");
        s.Closes(EndReason.Quit, parting: UpstreamParting.Close);
        Assert.Equal((MessageOutcome.Accepted, 7L), Assert.Single(s.Heard.Messages));
        Assert.Empty(s.Heard.ByClient);
    });

    [Fact]
    public void Rule2_6_TheFinalDotIsABarrierWhereItWasNot() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith();
        s.BeginsData();
        s.Client("hello\r\n.\r\nMAIL FROM:<a@b>\r\n");
        s.ToUpstream("hello\r\n.\r\n");
        Assert.Equal([Violation.Pipelining], s.Heard.ByClient);
        s.Relays("250 queued\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\n");
    });

    [Fact]
    public void Rule2_6_BareNewlinesUnderRejectAreFoundBehindPipelinedCommandsToo() => Play(_reject, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\nRCPT TO:<e@f>\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\n");
        s.Upstream("250 ok\r\n");
        s.ToClient($"250 ok\r\n{OwnReplies.BadSyntax}\r\n");
        s.Closes(EndReason.Violation, parting: UpstreamParting.Close);
    });
}
