using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Greeting and hello (rules 1.2 to 1.5, 2.11, 4.2).</summary>
public class HelloRulesTest
{
    static Setup Early(EarlyTalkers rule, ReportOnly reportOnly = ReportOnly.None) =>
        Setup.Default.Whole.With(rules => rules with { EarlyTalkers = rule, ReportOnly = reportOnly });

    [Fact]
    public void Rule1_2_TheClientsNameReachesTheUpstream() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("helo  my.name ", "250 mx.test");
        s.Exchange("EHLO [127.0.0.1]", "250 mx.test");
    });

    [Fact]
    public void Rule1_2_HeloReplacesTheName() => Play(Setup.Default.With(rules => rules with { Helo = "relay.test" }), s =>
    {
        s.Greeted();
        s.Client("ehlo localhost\r\n");
        s.ToUpstream("EHLO relay.test\r\n");
        s.Relays("250 mx.test\r\n");
        s.Client("HELO localhost\r\n");
        s.ToUpstream("HELO relay.test\r\n");
        s.Relays("250 mx.test\r\n");
    });

    static Setup Single(Setup setup) => setup.With(rules => rules with { Quirks = Quirks.SingleEhlo });

    [Fact]
    public void Rule1_2_ASecondEhloGoesToAServerThatBearsOneAsRset() => Play(Single(Setup.StartTls), s =>
    {
        s.Greeted();
        s.Forwards("EHLO c\r\n");
        s.Upstream("250-mx.test\r\n250-AUTH PLAIN\r\n250 DSN\r\n");
        s.ToClient("250-mx.test\r\n250-DSN\r\n250 STARTTLS\r\n");
        s.Client("EHLO c\r\n");
        s.ToUpstream("RSET\r\n");
        s.Upstream("250 reset\r\n");
        s.ToClient("250-mx.test\r\n250-DSN\r\n250 STARTTLS\r\n");
    });

    [Fact]
    public void Rule1_2_BehindStartTlsTheFirstAnswerIsDecidedAnew() =>
        Play(Single(Setup.InsideStartTls) with { FirstEhlo = "250-mx.test\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 DSN\r\n" }, s =>
        {
            s.Client("MAIL FROM:<a@client.test>\r\n");
            s.ToClientBegins("503 5.5.1");
            s.Client("EHLO c\r\n");
            s.ToUpstream("RSET\r\n");
            s.Upstream("250 reset\r\n");
            s.ToClient("250-mx.test\r\n250-AUTH PLAIN\r\n250 DSN\r\n");
            s.OpensTransaction();
        });

    [Fact]
    public void Rule3_4_AServerThatDoesNotResetIsNotTakenForIntroduced() =>
        Play(Single(Setup.InsideStartTls) with { FirstEhlo = "250 mx.test\r\n" }, s =>
        {
            s.Client("EHLO c\r\n");
            s.ToUpstream("RSET\r\n");
            s.Relays("451 not now\r\n");
            s.Client("MAIL FROM:<a@client.test>\r\n");
            s.ToClientBegins("503 5.5.1");
        });

    [Fact]
    public void Rule1_3_TheUpstreamsStartTlsNeverLeaksAndOursIsAdded() => Play(Setup.StartTls, s =>
    {
        s.Greeted();
        s.Forwards("EHLO c\r\n");
        s.Upstream("250-mx.test\r\n250-STARTTLS\r\n250-XCLIENT ADDR\r\n250-AUTH PLAIN\r\n250 SIZE 10\r\n");
        s.ToClient("250-mx.test\r\n250-SIZE 10\r\n250 STARTTLS\r\n");
    });

    [Fact]
    public void Rule1_3_InsideTlsNoneIsOffered() => Play(Setup.InsideStartTls, s =>
    {
        s.Forwards("EHLO c\r\n");
        s.Upstream("250-mx.test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n");
        s.ToClient("250-mx.test\r\n250 AUTH PLAIN\r\n");
    });

    [Theory]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(504)]
    public void Rule1_4_AServerThatKnowsOnlyHeloIsOfferedWithStartTls(int code) => Play(Setup.StartTls, s =>
    {
        s.Greeted();
        s.Forwards("EHLO client.test\r\n");
        s.Upstream($"{code} what\r\n");
        s.ToUpstream("HELO client.test\r\n");
        s.ToClient("");
        s.Upstream("250 mx.test\r\n");
        s.ToClient("250-mx.test\r\n250 STARTTLS\r\n");
        Assert.Equal(0, s.Dialogue.BadCommands);
    });

    [Fact]
    public void Rule1_4_InsideTlsTheRefusalIsRelayed() => Play(Setup.Tls, s =>
    {
        s.Greeted();
        s.Exchange("EHLO c", "502 what");
        s.Exchange("HELO c", "250 mx.test");
    });

    [Fact]
    public void Rule1_4_AServerThatHasAnsweredEhloIsNotAskedByHelo() => Play(Setup.StartTls, s =>
    {
        s.GreetedWith("SIZE");
        s.Exchange("EHLO bad_name", "501 bad name");
    });

    [Fact]
    public void Rule1_4_ARefusedHeloIsRelayed() => Play(Setup.StartTls, s =>
    {
        s.Greeted();
        s.Forwards("EHLO c\r\n");
        s.Upstream("502 what\r\n");
        s.ToUpstream("HELO c\r\n");
        s.Relays("550 go away\r\n");
    });

    [Fact]
    public void QuirkHeloOnlyNeverSendsEhlo() => Play(Setup.StartTls.With(rules => rules with { Quirks = Quirks.HeloOnly }), s =>
    {
        s.Greeted();
        s.Client("EHLO c\r\n");
        s.ToUpstream("HELO c\r\n");
        s.Upstream("250 mx.test\r\n");
        s.ToClient("250-mx.test\r\n250 STARTTLS\r\n");
    });

    [Fact]
    public void Rule1_5_LmtpIsNotSpokenYet() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Client("LHLO c\r\n");
        s.ToClientBegins("500 5.5.1 ");
    });

    [Fact]
    public void Rule2_10_LfRepliesAreMendedWhereTheQuirkSaysSo() => Play(Setup.Default.With(rules => rules with { Quirks = Quirks.LfReplies }), s =>
    {
        s.Upstream("220-mx.test\n220 hello\r\n");
        s.ToClient("220-mx.test\r\n220 hello\r\n");
        s.Forwards("EHLO c\r\n");
        s.Upstream("250-mx.test\n250-STARTTLS\n250 SIZE\n");
        s.ToClient("250-mx.test\r\n250 SIZE\r\n");
    });

    [Fact]
    public void Rule2_11_EarlyOctetsWaitForTheGreetingAndAreCounted() => Play(Early(EarlyTalkers.Wait), s =>
    {
        s.Client("EHLO c\r\n");
        s.ToUpstream("");
        s.Relays("220 mx.test\r\n");
        s.ToUpstream("EHLO c\r\n");
        Assert.Equal([Violation.EarlyTalker], s.Heard.ByClient);
        Assert.Empty(s.Heard.Policies);
    });

    [Fact]
    public void Rule2_11_EarlyTalkersAreRefusedWhereAsked() => Play(Early(EarlyTalkers.Refuse), s =>
    {
        s.Client("EHLO c\r\n");
        s.Upstream("220 mx.test\r\n");
        s.Closes(EndReason.Policy, "554 5.5.1", UpstreamParting.Quit);
        Assert.Equal([(ReportOnly.EarlyTalkers, true)], s.Heard.Policies);
    });

    [Fact]
    public void Rule2_11_TheyAreRefusedUnderOurOwnGreetingToo() => Play(Early(EarlyTalkers.Refuse) with { OwnGreeting = true, Eager = "EHLO c\r\n" }, s =>
        s.Closes(EndReason.Policy, "554 5.5.1", UpstreamParting.Quit));

    [Fact]
    public void Rule2_11_ReportOnlyCountsThem() => Play(Early(EarlyTalkers.Refuse, ReportOnly.EarlyTalkers), s =>
    {
        s.Client("EHLO c\r\n");
        s.Relays("220 mx.test\r\n");
        s.ToUpstream("EHLO c\r\n");
        Assert.Equal([(ReportOnly.EarlyTalkers, false)], s.Heard.Policies);
    });

    [Fact]
    public void Rule4_2_BehindStartTlsTheGreetingIsOurs() => Play(Setup.Default with { OwnGreeting = true }, s =>
    {
        s.ToClient("220 proxy.test ESMTP\r\n");
        s.Exchange("NOOP", "250 ok");
        Assert.Equal(["greeting"], s.Heard.OwnReasons);
    });

    [Fact]
    public void Rule4_2_ARefusalInPlaceOfTheGreetingIsRelayed() => Play(Setup.Default, s =>
    {
        s.Relays("554 mx.test no\r\n");
        s.Exchange("QUIT", "221 bye");
        s.Closes(EndReason.Quit, parting: UpstreamParting.Close);
    });
}
