using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>AUTH: continuation lines, where it may pass, what was removed (rules 2.4, 2.8, 4.4).</summary>
public class AuthRulesTest
{
    [Fact]
    public void Rule2_4_ResponsesAreForwardedAsTheyCome() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        s.Exchange("\xff not base64 GET /", "334 UGFzc3dvcmQ6");
        s.Exchange("", "235 2.7.0 welcome");
        s.Exchange("NOOP", "250 ok");
        Assert.Empty(s.Heard.ByClient);
    });

    [Fact]
    public void Rule2_4_AStarAborts() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        s.Exchange("*", "501 5.7.0 aborted");
        s.Exchange("NOOP", "250 ok");
    });

    [Fact]
    public void Rule2_4_OneResponseForOneChallenge() => Play(Setup.Tls.Whole, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        s.Client("dXNlcg==\r\ncGFzcw==\r\n");
        s.ToUpstream("dXNlcg==\r\n");
        Assert.Equal("cGFzcw==\r\n", s.LeftUnread);
        s.Relays("334 UGFzc3dvcmQ6\r\n");
        s.ToUpstream("cGFzcw==\r\n");
    });

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\rb")]
    public void Rule2_4_AResponseWithNulOrCrEndsTheSession(string response) => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        s.Client(response + "\r\n");
        s.Closes(EndReason.Violation, "500 5.5.2");
    });

    [Fact]
    public void Rule2_4_AnOverlongResponseEndsTheSession() => Play(Setup.Tls with { Cuts = [Cut.Whole, Cut.Line] }, s =>
    {
        s.GreetedWith("AUTH GSSAPI");
        s.Exchange("AUTH GSSAPI", "334 ");
        s.Exchange(new string('x', 12_288), "334 ");
        s.Client(new string('x', 12_290));
        s.Closes(EndReason.Violation, "500 5.5.2");
    });

    [Fact]
    public void Rule2_4_AReplyWhileTheClientIsAskedIsUnasked() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        s.Upstream("535 changed my mind\r\n");
        s.Closes(EndReason.Violation, "421 4.5.0");
    });

    [Fact]
    public void Rule2_6_CommandsBehindAnAuthThatSucceedsAreCountedAndServed() => Play(Setup.Tls.Whole, s =>
    {
        s.GreetedWith("AUTH PLAIN");
        s.Client("AUTH PLAIN AHUAcA==\r\nNOOP\r\n");
        s.ToUpstream("AUTH PLAIN AHUAcA==\r\n");
        s.Relays("235 ok\r\n");
        s.ToUpstream("NOOP\r\n");
        Assert.Equal([Violation.Pipelining], s.Heard.ByClient);
    });

    [Fact]
    public void Rule6_5_AnUpstreamLostInTheMiddleOfAuthIsTold() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        s.UpstreamEnds();
        s.Closes(EndReason.UpstreamLost, "421 4.4.2");
    });

    [Fact]
    public void Rule6_7_AClientThatLeavesInTheMiddleOfAuthLeavesNoQuit() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH LOGIN");
        s.Exchange("AUTH LOGIN", "334 VXNlcm5hbWU6");
        Assert.Equal(Awaits.Command, s.Dialogue.Waiting.For);
        s.ClientEnds();
        s.Closes(EndReason.ClientLost, parting: UpstreamParting.Close);
    });

    [Theory]
    [InlineData("\0\0\0\x20whatever")]
    [InlineData("\x16\x03\x01")]
    [InlineData("A\x01wrapped\r\n")]
    public void Rule2_4_ASecurityLayerAfter235Closes(string wrapped) => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH GSSAPI");
        s.Exchange("AUTH GSSAPI x", "235 2.7.0 ok");
        s.Client(wrapped);
        s.Closes(EndReason.Violation);
        Assert.Equal([Violation.SaslLayer], s.Heard.ByClient);
    });

    [Fact]
    public void Rule2_8_AuthInTheClearIsRefusedHere() => Play(Setup.StartTls, s =>
    {
        s.GreetedWith("AUTH PLAIN");
        s.Client("AUTH PLAIN AHUAcA==\r\n");
        s.ToClientBegins("538 5.7.11 ");
    });

    [Fact]
    public void Rule2_8_AuthInClearIsForwardedWhereTheListenerAllowsIt() => Play(Setup.Default.With(rules => rules with { AuthInClear = true }), s =>
    {
        s.Greeted();
        s.Forwards("EHLO c\r\n");
        s.Relays("250-mx.test\r\n250 AUTH PLAIN\r\n");
        s.Exchange("AUTH PLAIN AHUAcA==", "235 ok");
    });

    [Fact]
    public void Rule4_4_AuthIsRefusedWhereTheUpstreamLegMayNotCarryIt() => Play(Setup.Tls with { Upstream = default }, s =>
    {
        s.Greeted();
        s.Forwards("EHLO c\r\n");
        s.Upstream("250-mx.test\r\n250 AUTH PLAIN\r\n");
        s.ToClient("250 mx.test\r\n");
        s.Client("AUTH PLAIN AHUAcA==\r\n");
        s.ToClientBegins("538 5.7.11 ");
    });

    [Theory]
    [InlineData("AUTH EXTERNAL =")]
    [InlineData("auth  external")]
    [InlineData("AUTH \tEXTERNAL\t=")]
    [InlineData("AUTH SCRAM-SHA-256-PLUS x")]
    [InlineData("AUTH SCRAM-SHA-1 x")]
    public void Rule2_8_ARemovedMechanismIsRefusedHere(string command) => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH PLAIN EXTERNAL SCRAM-SHA-1 SCRAM-SHA-256-PLUS");
        Assert.Equal(1, s.Heard.Hidden);
        s.Client(command + "\r\n");
        s.ToClient($"{OwnReplies.MechanismNotOffered}\r\n");
        Assert.Equal([Violation.HiddenExtension], s.Heard.ByClient);
    });

    [Fact]
    public void Rule2_8_AMechanismThatWasNeverOfferedIsTheServersToRefuse() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH PLAIN");
        s.Exchange("AUTH EXTERNAL =", "504 5.5.4 unknown");
    });

    [Fact]
    public void Rule2_8_ARemovedMechanismStaysRefusedAfterHeloAndARefusedEhlo() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("AUTH PLAIN EXTERNAL");
        s.Exchange("EHLO", "501 no");
        s.Client("AUTH EXTERNAL =\r\n");
        s.ToClient($"{OwnReplies.MechanismNotOffered}\r\n");
        s.Exchange("HELO x", "250 mx.test");
        s.Client("AUTH EXTERNAL =\r\n");
        s.ToClient($"{OwnReplies.MechanismNotOffered}\r\n");
    });
}
