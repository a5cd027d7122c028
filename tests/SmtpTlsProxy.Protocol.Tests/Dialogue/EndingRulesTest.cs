using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Timers, caps, drain, lost legs, QUIT (rules 2.10, 6.1 to 6.7).</summary>
public class EndingRulesTest
{
    static readonly Setup _almostTooBad = Setup.Tls.With(rules => rules with { BadCommands = 3 }) with { AfterStartTls = 2 };

    [Theory]
    [InlineData("199 x\r\n")]
    [InlineData("260 x\r\n")]
    [InlineData("25 x\r\n")]
    [InlineData("250_x\r\n")]
    [InlineData("250-a\r\n251 b\r\n")]
    [InlineData("250 a\n")]
    [InlineData("250 a\rb\r\n")]
    [InlineData("250 a\0b\r\n")]
    [InlineData("SSH-2.0-x\r\n")]
    public void Rule2_10_AnythingElseIsALostUpstream(string nonsense) => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Forwards("NOOP\r\n");
        s.Upstream(nonsense);
        s.Closes(EndReason.UpstreamLost, "421 4.5.0");
        Assert.Equal([Violation.ReplySyntax], s.Heard.ByUpstream);
    });

    [Fact]
    public void Rule6_1_ASilentClientHears421AndAnIdleUpstreamQuit() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Client("NOO");
        s.Timer(Awaits.Command);
        s.Closes(EndReason.Timeout, "421 4.4.2", UpstreamParting.Quit);
    });

    [Fact]
    public void Rule6_1_ASilentUpstreamIs421() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Forwards("NOOP\r\n");
        s.Timer(Awaits.Reply);
        s.Closes(EndReason.Timeout, "421 4.4.2", UpstreamParting.Close);
    });

    [Fact]
    public void Rule6_1_AStalledContentIs421AndAnAbort() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n");
        s.Timer(Awaits.DataBlock);
        s.Closes(EndReason.Timeout, "421 4.4.2", UpstreamParting.Abort);
        Assert.Equal(MessageOutcome.Aborted, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule6_1_ATimerRunsForTheWholeLine() => Play(Setup.Default, s =>
    {
        s.Greeted();
        Waiting before = s.Dialogue.Waiting;
        s.Client("NOO");
        Assert.Equal(before, s.Dialogue.Waiting);
        s.Client("P\r\n");
        s.ToUpstream("NOOP\r\n");
        Waiting reply = s.Dialogue.Waiting;
        Assert.Equal(Awaits.Reply, reply.For);
        s.Upstream("250 o");
        Assert.Equal(reply, s.Dialogue.Waiting);
        s.Upstream("k\r\n");
        s.ToClient("250 ok\r\n");
        Assert.Equal(Awaits.Command, s.Dialogue.Waiting.For);
        Assert.NotEqual(before, s.Dialogue.Waiting);
    });

    [Fact]
    public void Rule6_1_MoreCommandsDoNotKeepASilentUpstreamAlive() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Forwards("MAIL FROM:<a@b>\r\n");
        Waiting before = s.Dialogue.Waiting;
        s.Forwards("RCPT TO:<a@b>\r\n");
        Assert.Equal(before, s.Dialogue.Waiting);
        s.Relays("250 ok\r\n");
        Assert.NotEqual(before, s.Dialogue.Waiting);
    });

    [Fact]
    public void Rule6_1_ContentOctetsStartTheTimerAnew() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        Waiting before = s.Dialogue.Waiting;
        s.Forwards("x");
        Assert.NotEqual(before, s.Dialogue.Waiting);
        s.Forwards("\r\n.\r\n");
        s.Relays("250 ok\r\n");
    });

    [Fact]
    public void Rule6_2_TheBadCommandBeyondTheCapHears421() => Play(Setup.Default.With(rules => rules with { BadCommands = 2 }), s =>
    {
        s.GreetedWith("SIZE");
        s.Exchange("XFOO", "500 what");
        s.Client("XCLIENT\r\n");
        s.ToClient($"{OwnReplies.NotOffered}\r\n");
        s.Exchange("MAIL FROM:<a@b>", "501 bad");
        s.Exchange("RCPT TO:<a@b>", "503 bad");
        s.Exchange("DATA", "503 bad");
        s.Forwards("XFOO\r\n");
        s.Upstream("500 what\r\n");
        s.Closes(EndReason.Limit, "421 4.7.0", UpstreamParting.Quit);
        Assert.Equal([Violation.HiddenExtension, Violation.BadCommands], s.Heard.ByClient);
    });

    [Fact]
    public void Rule6_2_OurOwnRefusalsCountAndTheCountSurvivesStartTls() => Play(_almostTooBad, s =>
    {
        s.Client("\r\n");
        s.ToClient($"{OwnReplies.BadSyntax}\r\n");
        Assert.Equal(3, s.Dialogue.BadCommands);
        s.Client("VRFY x\r\n");
        s.Closes(EndReason.Limit, "421 4.7.0");
    });

    [Fact]
    public void Rule6_4_DrainEndsAnIdleSessionAtOnce() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Drain();
        s.Closes(EndReason.Drain, "421 4.3.2", UpstreamParting.Quit);
    });

    [Fact]
    public void Rule6_4_DrainWaitsForTheReply() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Forwards("NOOP\r\n");
        s.Drain();
        s.GoesOn();
        s.Relays("250 ok\r\n");
        s.Closes(EndReason.Drain, "421 4.3.2", UpstreamParting.Quit);
    });

    [Fact]
    public void Rule6_4_DrainWaitsForTheFinalReplyOfATransaction() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("MAIL FROM:<a@b>", "250 ok");
        s.Drain();
        s.GoesOn();
        s.Exchange("RCPT TO:<c@d>", "250 ok");
        s.Exchange("DATA", "354 go");
        s.Forwards("a\r\n.\r\n");
        s.GoesOn();
        s.Relays("250 queued\r\n");
        s.Closes(EndReason.Drain, "421 4.3.2", UpstreamParting.Quit);
    });

    [Fact]
    public void Rule6_5_AnIdleClientHearsOfALostUpstreamUnasked() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.UpstreamEnds();
        s.Closes(EndReason.UpstreamLost, "421 4.4.2", UpstreamParting.Close);
    });

    [Fact]
    public void Rule6_5_TheOldestUnansweredCommandHearsIt() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b> PRDR\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.ToClient($"{OwnReplies.ParameterNotOffered}\r\n");
        s.Upstream("250 ok\r\n550 half");
        s.ToClient("250 ok\r\n");
        s.UpstreamEnds(InputEnd.Lost);
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
    });

    [Fact]
    public void Rule6_5_LostBeforeTheGreetingIs421InItsPlace() => Play(Setup.Default, s =>
    {
        s.UpstreamEnds();
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
    });

    [Fact]
    public void Rule6_6_AfterTheClientsFinEverythingIsStillAnswered() => Play(Setup.Default.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b>\r\nRSET\r\nQUI");
        s.ToUpstream("MAIL FROM:<a@b>\r\nRSET\r\n");
        s.ClientEnds();
        s.GoesOn();
        s.Relays("250 1\r\n");
        s.GoesOn();
        s.Relays("250 2\r\n");
        s.Closes(EndReason.Quit, parting: UpstreamParting.Quit);
    });

    [Fact]
    public void Rule6_6_AMessageIsStillAnsweredAfterTheClientsFin() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n.\r\n");
        s.ClientEnds();
        s.GoesOn();
        s.Relays("250 queued\r\n");
        s.Closes(EndReason.Quit, parting: UpstreamParting.Quit);
        Assert.Equal(MessageOutcome.Accepted, Assert.Single(s.Heard.Messages).Outcome);
    });

    [Fact]
    public void Rule6_7_QuitIsRelayed() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("QUIT", "221 2.0.0 bye");
        s.Closes(EndReason.Quit, parting: UpstreamParting.Close);
    });

    [Fact]
    public void ARefusedQuitEndsNothing() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("QUIT now", "501 no parameters");
        s.Exchange("QUIT", "221 bye");
        s.Closes(EndReason.Quit);
    });

    [Fact]
    public void Rule6_7_QuitUnansweredIsAnsweredHere() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Forwards("QUIT\r\n");
        s.Timer(Awaits.Quit);
        s.Closes(EndReason.Quit, "221 2.0.0", UpstreamParting.Close);
    });

    [Fact]
    public void Rule6_7_QuitToALostUpstreamIsAnsweredHere() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Forwards("QUIT\r\n");
        s.UpstreamEnds();
        s.Closes(EndReason.Quit, "221 2.0.0", UpstreamParting.Close);
    });

    [Fact]
    public void Rule6_7_AClientThatLeavesWithoutQuitLeavesAnIdleUpstreamToQuit() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("NOOP", "250 ok");
        s.ClientEnds();
        s.Closes(EndReason.Quit, parting: UpstreamParting.Quit);
    });

    [Fact]
    public void Rule6_7_AnOpenTransactionIsJustClosed() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.OpensTransaction();
        s.ClientEnds();
        s.Closes(EndReason.ClientLost, parting: UpstreamParting.Close);
        Assert.Empty(s.Heard.Messages);
    });

    [Theory]
    [InlineData(InputEnd.Orderly)]
    [InlineData(InputEnd.Lost)]
    public void APeerThatSaidNothingWasEmpty(InputEnd how) => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.ClientEnds(how);
        s.Closes(EndReason.Empty, parting: UpstreamParting.Quit);
    });

    [Fact]
    public void AResetClientIsGone() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("NOOP", "250 ok");
        s.ClientEnds(InputEnd.Lost);
        Assert.True(s.Closes(EndReason.ClientLost, parting: UpstreamParting.Quit).ClientIsGone);
    });

    [Fact]
    public void ASessionAbandonedFromOutsideTellsOfItsMessageOnce() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.BeginsData();
        s.Forwards("a\r\n");
        s.Dialogue.Abandon();
        s.Dialogue.Abandon();
        Assert.Equal((MessageOutcome.Aborted, 3L), Assert.Single(s.Heard.Messages));
    });
}
