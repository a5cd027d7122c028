using static SmtpTlsProxy.Protocol.Tests.DialogueScript;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Command lines: length, octets, other protocols (rules 2.3, 2.7, 2.9).</summary>
public class LineRulesTest
{
    static Setup Bare(BareNewlines mode) => Setup.Default.With(rules => rules with { BareNewlines = mode });

    [Fact]
    public void Rule2_3_ALineOfExactlyTheLimitPasses() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Exchange("NOOP " + new string('x', 8192 - 7), "250 ok");
    });

    [Fact]
    public void Rule2_3_ALongerLineIsAnsweredAndSwallowedToItsEnd() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Client("NOOP " + new string('x', 8192 - 6) + "\r\n");
        s.ToClient($"{OwnReplies.LineTooLong}\r\n");
        Assert.Equal([Violation.LineTooLong], s.Heard.ByClient);
        s.Exchange("NOOP", "250 ok");
    });

    [Fact]
    public void Rule2_3_NoMoreThan64KiBOfALineAreSwallowed() => Play(Setup.Default with { Cuts = [Cut.Whole, Cut.Line] }, s =>
    {
        s.Greeted();
        s.Client(new string('x', 65_536));
        s.ToClient($"{OwnReplies.LineTooLong}\r\n");
        s.Closes(EndReason.Violation, parting: UpstreamParting.Quit);
    });

    [Fact]
    public void Rule2_3_ALineJustBelow64KiBIsSwallowedAndTheSessionGoesOn() => Play(Setup.Default with { Cuts = [Cut.Whole, Cut.Line] }, s =>
    {
        s.Greeted();
        s.Client(new string('x', 65_534) + "\r\n");
        s.ToClient($"{OwnReplies.LineTooLong}\r\n");
        s.Exchange("NOOP", "250 ok");
    });

    [Fact]
    public void Rule2_3_AuthMayBeLonger() => Play(Setup.Tls with { Cuts = [Cut.Whole, Cut.Line] }, s =>
    {
        s.GreetedWith("AUTH PLAIN GSSAPI");
        s.Exchange("AUTH GSSAPI " + new string('x', 12_290 - 14), "535 no");
        s.Client("AUTH GSSAPI " + new string('x', 12_290 - 13) + "\r\n");
        s.ToClient($"{OwnReplies.LineTooLong}\r\n");
    });

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST / HTTP/1.1")]
    [InlineData("get /")]
    [InlineData("HEAD / HTTP/1.0")]
    [InlineData("PUT / HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    [InlineData("CONNECT a:25 HTTP/1.1")]
    [InlineData("DELETE / HTTP/1.1")]
    [InlineData("TRACE / HTTP/1.1")]
    [InlineData("PATCH / HTTP/1.1")]
    [InlineData("PRI * HTTP/2.0")]
    [InlineData("Host: mx.test")]
    [InlineData("X-Injected:MAIL")]
    public void Rule2_7_HttpIsAnsweredOnceWithoutEchoAndClosed(string line)
    {
        foreach (Setup setup in new[] { Setup.Default, Setup.Tls, Setup.Required, Setup.InsideStartTls })
        {
            Play(setup, s =>
            {
                if (setup.AfterStartTls is null)
                    s.Greeted();
                s.Client(line + "\r\nNOOP\r\n");
                s.ToClient($"{OwnReplies.NotHttp}\r\n");
                s.Closes(EndReason.Violation, parting: UpstreamParting.Quit);
                Assert.Contains(Violation.Http, s.Heard.ByClient);
            });
        }
    }

    [Fact]
    public void Rule2_7_HttpBehindACommandWaitsForItsTurn() => Play(Setup.Default, s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("RSET\r\nGET / HTTP/1.1\r\n\r\n");
        s.ToUpstream("RSET\r\n");
        s.Upstream("250 ok\r\n");
        s.ToClient($"250 ok\r\n{OwnReplies.NotHttp}\r\n");
        s.Closes(EndReason.Violation);
    });

    [Fact]
    public void Rule2_7_AClientHelloOnAClearPortCloses() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Client("\x16\x03\x01\x02");
        s.Closes(EndReason.Violation, parting: UpstreamParting.Quit);
        Assert.Equal([Violation.TlsOnClearPort], s.Heard.ByClient);
    });

    [Theory]
    [InlineData("")]
    [InlineData(" NOOP")]
    [InlineData("1NOOP")]
    [InlineData("NOOP\tx")]
    [InlineData("XCLIENT\tADDR=1.2.3.4")]
    [InlineData("NO\xe9OP")]
    [InlineData("NOOP/x")]
    [InlineData("NOOP \0")]
    [InlineData("NOOP x\ry")]
    [InlineData("NOOP\r")]
    [InlineData("NOOP \x7f")]
    [InlineData("NOOP \x1b[2J")]
    [InlineData("MAIL FROM:<a\x0b@b>")]
    [InlineData(".")]
    public void Rule2_9_IllFormedCommandsAreNeverSentOn(string line) => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Client(line + "\r\n");
        s.ToClient($"{OwnReplies.BadSyntax}\r\n");
        Assert.Equal([Violation.CommandOctets], s.Heard.ByClient);
        s.Exchange("NOOP", "250 ok");
    });

    [Theory]
    [InlineData(BareNewlines.Normalize)]
    [InlineData(BareNewlines.Accept)]
    [InlineData(BareNewlines.Pass)]
    public void Rule2_9_ABareLfEndsALineAndGoesOnAsCrlf(BareNewlines mode) => Play(Bare(mode), s =>
    {
        s.GreetedWith("PIPELINING");
        s.Client("MAIL FROM:<a@b>\nMAIL FROM:<a@b> PRDR\nRCPT TO:<c@d>\n");
        s.ToUpstream("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
        s.Upstream("250 1\r\n250 2\r\n");
        s.ToClient($"250 1\r\n{OwnReplies.ParameterNotOffered}\r\n250 2\r\n");
    });

    [Fact]
    public void Rule2_9_UnderRejectABareLfCloses() => Play(Bare(BareNewlines.Reject), s =>
    {
        s.Greeted();
        s.Client("NOOP\nNOOP\r\n");
        s.ToClient($"{OwnReplies.BadSyntax}\r\n");
        s.Closes(EndReason.Violation);
    });

    [Fact]
    public void Rule2_9_A3xxThatNobodyKnowsEndsTheSessionByReset() => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.Forwards("XDATA\r\n");
        s.Upstream("354 go on\r\n");
        s.Closes(EndReason.Violation, "421 4.5.0", UpstreamParting.Abort);
        Assert.Equal([Violation.UnexpectedReply], s.Heard.ByUpstream);
    });

    [Theory]
    [InlineData("334 x")]
    [InlineData("355 x")]
    public void Rule2_9_OnlyA354LetsContentThrough(string reply) => Play(Setup.Default, s =>
    {
        s.Greeted();
        s.OpensTransaction();
        s.Forwards("DATA\r\n");
        s.Upstream(reply + "\r\n");
        s.Closes(EndReason.Violation, "421 4.5.0", UpstreamParting.Abort);
    });
}
