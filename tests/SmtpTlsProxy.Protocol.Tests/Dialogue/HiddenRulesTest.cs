using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>What is hidden is also refused (rule 2.8).</summary>
public class HiddenRulesTest
{
    [Theory]
    [InlineData("XCLIENT ADDR=1.2.3.4")]
    [InlineData("xforward ADDR=1.2.3.4")]
    [InlineData("XPROXYTO x")]
    [InlineData("XSHADOWREQUEST")]
    [InlineData("XEXCH50 1 2")]
    [InlineData("X-LINK2STATE FIRST")]
    [InlineData("X-EXPS GSSAPI")]
    [InlineData("X-ANONYMOUSTLS")]
    [InlineData("BURL imap://x LAST")]
    [InlineData("TURN")]
    [InlineData("ATRN x")]
    [InlineData("VERB ON")]
    public void Rule2_8_CommandsOfHiddenExtensionsStayHere(string command) => Play(Setup.Tls, s =>
    {
        s.GreetedWith("XCLIENT ADDR", "BURL", "TURN");
        s.Client(command + "\r\n");
        s.ToClient($"{OwnReplies.NotOffered}\r\n");
        Assert.Equal([Violation.HiddenExtension], s.Heard.ByClient);
    });

    [Theory]
    [InlineData("MAIL FROM:<a@b> PRDR")]
    [InlineData("MAIL FROM:<a@b> SIZE=1\tprdr")]
    [InlineData("MAIL FROM:<a@b>   TRANSID=<x>")]
    [InlineData("MAIL FROM:<\"a> \\\"b\"@c> PRDR")]
    [InlineData("MAIL FROM:<\"a PRDR")]
    [InlineData("MAIL FROM:a@b PRDR")]
    public void Rule2_8_TheirMailParametersToo(string command) => Play(Setup.Tls, s =>
    {
        s.GreetedWith();
        s.Client(command + "\r\n");
        s.ToClient($"{OwnReplies.ParameterNotOffered}\r\n");
        Assert.Equal(0, s.Dialogue.BadCommands);
    });

    [Theory]
    [InlineData("MAIL FROM:<\"a PRDR b\"@c>")]
    [InlineData("MAIL FROM:<prdr@b> SIZE=1 BODY=8BITMIME")]
    [InlineData("MAIL FROM:<> REQUIRETLS")]
    public void Rule2_8_OthersPass(string command) => Play(Setup.Tls, s =>
    {
        s.GreetedWith("SIZE");
        s.Exchange(command, "250 ok");
    });

    [Fact]
    public void Rule1_3_RequireTlsIsRefusedWhereItWasRemoved() => Play(Setup.Tls, s =>
    {
        s.GreetedWith("REQUIRETLS");
        s.Client("MAIL FROM:<a@b> REQUIRETLS\r\n");
        s.ToClient($"{OwnReplies.ParameterNotOffered}\r\n");
    });

    [Fact]
    public void Rule1_3_RequireTlsPassesWhereBothLegsAreSafe() => Play(Setup.Tls with { Upstream = new(true, true, true) }, s =>
    {
        s.GreetedWith("REQUIRETLS");
        s.Exchange("MAIL FROM:<a@b> REQUIRETLS", "250 ok");
    });
}
