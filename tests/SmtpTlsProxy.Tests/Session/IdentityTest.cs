using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>How the client is made known to the upstream (rule 6.8).</summary>
public class IdentityTest
{
    const string Greeting = "220 up.test ESMTP\r\n";
    const string V1 = "PROXY TCP4 198.51.100.7 192.0.2.1 51000 25\r\n";
    const string Refused = "421 4.3.5 Server does not take the client's identity\r\n";

    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);

    [Theory, InlineData(TlsMode.None), InlineData(TlsMode.Required), InlineData(TlsMode.Implicit)]
    public void Rule6_8_AProxyV1HeaderIsOnTheWireBeforeAnythingElse(TlsMode mode)
    {   // a server that wants it says nothing before it
        using MemoryWorld world = Identified(Identity.ProxyV1, mode);
        world.Connect();
        Assert.StartsWith(V1, world.SentUpstream, StringComparison.Ordinal);
        Assert.Equal(mode is TlsMode.Implicit ? 0x16 : -1, world.SentUpstream.Length > V1.Length ? world.SentUpstream[V1.Length] : -1);
        if (mode is TlsMode.None)
            Assert.Equal(Greeting, world.Answer(Greeting));
    }

    [Fact]
    public void Rule6_8_AProxyV2HeaderIsOnTheWireBeforeAnythingElse()
    {
        byte[] expected =
        [
            0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0x00, 0x0c,
            198, 51, 100, 7, 192, 0, 2, 1, 0xc7, 0x38, 0x00, 0x19,
        ];
        using MemoryWorld world = Identified(Identity.ProxyV2, TlsMode.None);
        world.Connect();
        Assert.Equal(expected, world.Server.Near.Taken);
        Assert.Equal(Greeting, world.Answer(Greeting));
        world.Ask("EHLO c.test\r\n");
        Assert.Equal([.. expected, .. "EHLO c.test\r\n"u8], world.Server.Near.Taken);
    }

    [Fact]
    public void Rule6_8_AProxyV2HeaderTellsTheClientsTlsWhereItStood()
    {
        using MemoryWorld world = Identified(Identity.ProxyV2, TlsMode.None, TlsMode.Implicit);
        world.Connect();
        world.ClientShakes();
        world.Run();
        Assert.Contains("TLSv1.3", world.SentUpstream, StringComparison.Ordinal);
        Assert.Equal(Greeting, world.Answer(Greeting));
    }

    [Fact]
    public void Rule6_8_XClientIsSaidOnceAndTheNewGreetingCounts()
    {
        using MemoryWorld world = Identified(Identity.XClient, TlsMode.None);
        world.Connect();
        Assert.Equal("", world.Answer(Greeting));
        Assert.Equal("EHLO proxy.test\r\n", world.Server.Hear());
        Assert.Equal("", world.Answer("250-up.test\r\n250-XCLIENT NAME ADDR PORT DESTADDR DESTPORT\r\n250 HELP\r\n"));
        string said = world.Server.Hear();
        Assert.StartsWith("XCLIENT ", said, StringComparison.Ordinal);
        Assert.EndsWith(" ADDR=198.51.100.7\r\n", said, StringComparison.Ordinal);
        Assert.Contains(" PORT=51000 ", said, StringComparison.Ordinal);
        Assert.Equal("220-new\r\n220 greeting\r\n", world.Answer("220-new\r\n220 greeting\r\n"));
        Assert.Equal("", world.Ask("EHLO c.test\r\n"));
        Assert.Equal("250-up.test\r\n250 HELP\r\n", world.Answer("250-up.test\r\n250-XCLIENT NAME ADDR\r\n250 HELP\r\n"));
        Assert.Equal("502 5.5.1 Command not offered\r\n", world.Ask("XCLIENT ADDR=127.0.0.1\r\n"));
    }

    [Fact]
    public void Rule6_8_XClientThatIsNotOfferedIs421_4_3_5()
    {
        using MemoryWorld world = Identified(Identity.XClient, TlsMode.None);
        world.Connect();
        world.Answer(Greeting);
        Assert.Equal(Refused, world.Answer("250-up.test\r\n250 XCLIENTS\r\n"));
        Assert.Equal("EHLO proxy.test\r\n", world.SentUpstream);
        Assert.Equal(1, world.Counted("""upstream_connects_total{upstream="up",destination="a",result="identity"}"""));
    }

    [Theory, InlineData("550 5.7.0 insufficient authorization\r\n"), InlineData("250 2.0.0 ok\r\n"), InlineData("221 2.0.0 bye\r\n"), InlineData("421 4.3.0 later\r\n")]
    public void Rule6_8_XClientThatIsNotAnswered220Is421_4_3_5(string answer)
    {
        using MemoryWorld world = Identified(Identity.XClient, TlsMode.None);
        world.Connect();
        world.Answer(Greeting);
        world.Answer("250-up.test\r\n250 XCLIENT ADDR PORT\r\n");
        Assert.Equal(Refused, world.Answer(answer));
        Assert.True(world.Server.Near.IsClosed);
    }

    [Fact]
    public void Rule6_8_XClientComesInsideTlsBehindAnEhloThere()
    {
        using MemoryWorld world = Identified(Identity.XClient, TlsMode.Required);
        MailServer server = new() { StartTls = world.ServerContext(s_up), Instead = { ["XCLIENT"] = "220 again\r\n" } };
        server.Offers.Add("XCLIENT ADDR PORT");
        world.OnDial = p => server.Serve(p);
        world.Connect();
        Assert.Equal("220 again\r\n", world.Client.Hear());
        Assert.Equal(["EHLO proxy.test", "STARTTLS", "EHLO proxy.test", "XCLIENT PORT=51000 ADDR=198.51.100.7"], server.Commands);
        Assert.DoesNotContain("198.51.100.7", world.SentUpstream, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule6_8_WhatAnEhloOffersInTheClearOnlyIsForgotten()
    {
        using MemoryWorld world = Identified(Identity.XClient, TlsMode.Required);
        MailServer server = new() { StartTls = world.ServerContext(s_up), OffersInClear = { "XCLIENT ADDR PORT" } };
        world.OnDial = p => server.Serve(p);
        world.Connect();
        Assert.Equal(Refused, world.Client.Hear());
        Assert.Equal(["EHLO proxy.test", "STARTTLS", "EHLO proxy.test"], server.Commands);
    }

    [Theory, InlineData("250 2.0.0 ok\r\n"), InlineData("550 5.7.0 no\r\n")]
    public void Rule6_8_XForwardThatIsRefusedChangesNothing(string answer)
    {
        using MemoryWorld world = Identified(Identity.XForward, TlsMode.None);
        MailServer server = new() { Instead = { ["XFORWARD"] = answer } };
        server.Offers.Add("XFORWARD NAME ADDR PORT PROTO HELO SOURCE");
        world.OnDial = p => server.Serve(p);
        world.Connect();
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal(2, server.Commands.Count);
        Assert.StartsWith("XFORWARD ", server.Commands[1], StringComparison.Ordinal);
        Assert.Contains("ADDR=198.51.100.7", server.Commands[1], StringComparison.Ordinal);
        Assert.DoesNotContain("XFORWARD", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule6_8_XForwardThatIsNotOfferedIsNotSaid()
    {
        using MemoryWorld world = Identified(Identity.XForward, TlsMode.None);
        MailServer server = new();
        world.OnDial = p => server.Serve(p);
        world.Connect();
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal(["EHLO proxy.test"], server.Commands);
    }

    static MemoryWorld Identified(Identity identity, TlsMode upstream, TlsMode client = TlsMode.None) =>
        new(new WorldOptions { Client = client, Upstream = upstream, Server = u => u with { Identity = identity } });
}
