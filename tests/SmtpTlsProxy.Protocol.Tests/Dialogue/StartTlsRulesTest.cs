using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>TLS on the client leg, as far as the dialogue decides it (rules 3.1 to 3.4).</summary>
public class StartTlsRulesTest
{
    [Theory]
    [InlineData("MAIL FROM:<a@b>")]
    [InlineData("RCPT TO:<a@b>")]
    [InlineData("DATA")]
    [InlineData("AUTH PLAIN AHUAcA==")]
    [InlineData("VRFY a")]
    [InlineData("HELP")]
    [InlineData("XCLIENT ADDR=1")]
    [InlineData("LHLO x")]
    [InlineData("ETRN x")]
    [InlineData("XUNKNOWN")]
    public void Rule3_1_BeforeTlsARequiredListenerAnswers530(string command) => Play(Setup.Required, s =>
    {
        s.GreetedWith("AUTH PLAIN", "XCLIENT ADDR");
        s.Client(command + "\r\n");
        s.ToClient("530 5.7.0 Must issue a STARTTLS command first\r\n");
        Assert.Equal([(ReportOnly.Required, true)], s.Heard.Policies);
    });

    [Theory]
    [InlineData("NOOP")]
    [InlineData("RSET")]
    [InlineData("HELO c")]
    [InlineData("QUIT")]
    public void Rule3_1_TheHarmlessOnesPass(string command) => Play(Setup.Required, s =>
    {
        s.Greeted();
        s.Exchange(command, "250 ok");
    });

    [Fact]
    public void Rule3_1_APipelinedGroupIsRefusedOneByOne() => Play(Setup.Required.Whole, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRSET\r\n");
        s.ToClient($"{OwnReplies.MustStartTls}\r\n{OwnReplies.MustStartTls}\r\n");
        s.ToUpstream("RSET\r\n");
        s.Relays("250 ok\r\n");
    });

    [Fact]
    public void Rule3_1_ReportOnlyLetsItThroughAndCounts() => Play(Setup.Required.With(rules => rules with { ReportOnly = ReportOnly.Required }), s =>
    {
        s.Greeted();
        s.Exchange("MAIL FROM:<a@b>", "250 ok");
        Assert.Equal([(ReportOnly.Required, false)], s.Heard.Policies);
    });

    [Fact]
    public void Rule3_2_StartTlsTakesNoParameter() => Play(Setup.StartTls, s =>
    {
        s.Greeted();
        s.Client("STARTTLS now\r\n");
        s.ToClientBegins("501 5.5.4 ");
    });

    [Fact]
    public void Rule3_2_WithoutACertificateItIsNotAvailable() => Play(Setup.StartTls.With(rules => rules with { HasCertificate = false }), s =>
    {
        s.Greeted();
        s.Client("STARTTLS\r\n");
        s.ToClientBegins("454 4.7.0 ");
        s.Exchange("NOOP", "250 ok");
    });

    [Fact]
    public void Rule3_2_AfterAuthItIsRefused() => Play(Setup.StartTls.With(rules => rules with { AuthInClear = true }), s =>
    {
        s.GreetedWith("AUTH PLAIN");
        s.Exchange("AUTH PLAIN AHUAcA==", "235 ok");
        s.Client("STARTTLS\r\n");
        s.ToClientBegins("503 5.5.1 ");
    });

    [Fact]
    public void Rule3_2_AnOpenTransactionIsResetAndTheReplyAwaited() => Play(Setup.StartTls, s =>
    {
        s.GreetedWith("SIZE");
        s.OpensTransaction();
        s.Client("STARTTLS\r\n");
        s.ToUpstream("RSET\r\n");
        s.GoesOn();
        s.Upstream("250 reset\r\n");
        s.ToClient("");
        s.Upgrades();
        Assert.Empty(s.Heard.Messages);
    });

    [Fact]
    public void Rule3_2_ATransactionThatMayYetOpenIsResetToo() => Play(Setup.StartTls, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b>\r\nSTARTTLS\r\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\nRSET\r\n");
        s.Relays("250 ok\r\n");
        s.GoesOn();
        s.Upstream("250 reset\r\n");
        s.Upgrades();
    });

    [Fact]
    public void Rule3_3_StartTlsWaitsForEveryEarlierReply() => Play(Setup.StartTls, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("RSET\r\nSTARTTLS\r\n");
        s.ToUpstream("RSET\r\n");
        s.GoesOn();
        s.Relays("250 ok\r\n");
        s.Upgrades();
    });

    [Fact]
    public void Rule3_3_WhatStandsBehindStartTlsIsNotTouched() => Play(Setup.StartTls.Whole, s =>
    {
        s.Greeted();
        s.Client("STARTTLS\r\nEHLO injected\r\n");
        s.Upgrades();
        Assert.Equal("EHLO injected\r\n", s.LeftUnread);
    });

    [Fact]
    public void Rule3_3_AnUpstreamLostBeforeTheTurnIsToldInTheClear() => Play(Setup.StartTls, s =>
    {
        s.GreetedWith("SIZE");
        s.OpensTransaction();
        s.Client("STARTTLS\r\n");
        s.ToUpstream("RSET\r\n");
        s.UpstreamEnds();
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
    });

    [Theory]
    [InlineData("MAIL FROM:<a@b>")]
    [InlineData("AUTH PLAIN x")]
    [InlineData("VRFY x")]
    [InlineData("XUNKNOWN")]
    [InlineData("STARTTLS")]
    [InlineData("DATA")]
    public void Rule3_4_AfterStartTlsAllElseWaitsForHello(string command) => Play(Setup.InsideStartTls, s =>
    {
        s.Client(command + "\r\n");
        s.ToClientBegins("503 5.5.1 ");
        s.Exchange("NOOP", "250 ok");
        s.Exchange("RSET", "250 ok");
        s.Exchange("HELP", "214 ok");
        s.Exchange("EHLO c", "550 no");
        s.Client(command + "\r\n");
        s.ToClientBegins("503 5.5.1 ");
        s.Exchange("HELO c", "250 ok");
        s.Exchange("MAIL FROM:<a@b>", "250 ok");
    });

    [Fact]
    public void Rule3_4_AChunkBeforeHelloIsConsumed() => Play(Setup.InsideStartTls, s =>
    {
        s.Client("BDAT 6 LAST\r\nQUIT\r\n");
        s.ToClient($"{OwnReplies.HelloFirst}\r\n");
        s.Exchange("NOOP", "250 ok");
    });

    [Fact]
    public void Rule3_4_OnImplicitTheServerDecides() => Play(Setup.Tls.With(rules => rules with { ClientTls = TlsMode.Implicit }), s =>
    {
        s.Greeted();
        s.Exchange("MAIL FROM:<a@b>", "503 hello first");
    });

    [Fact]
    public void Rule2_8_StartTlsIsRefusedWhereItIsNotOffered() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Client("STARTTLS\r\n");
        s.ToClientBegins("502 5.5.1 ");
    });

    [Fact]
    public void Rule2_8_StartTlsInsideTlsIsRefused() => Play(Setup.Tls, s =>
    {
        s.Greeted();
        s.Client("STARTTLS\r\n");
        s.ToClientBegins("503 5.5.1 ");
        Assert.Equal([StartTlsEvent.AlreadyTls], s.Heard.StartTlsEvents);
    });
}
