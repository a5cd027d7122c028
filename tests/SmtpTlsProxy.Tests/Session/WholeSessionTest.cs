using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Whole sessions under real OpenSSL, however octets are cut: the same words on both sides, and nothing left open.</summary>
public class WholeSessionTest
{
    const string Content = "Subject: x\r\n\r\n..stuffed\r\n";
    const string Offers = "250-up.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n";

    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);
    static readonly string[] s_commands = ["EHLO c.test", "MAIL FROM:<a@c.test>", "RCPT TO:<b@up.test>", "DATA", "QUIT"];

    /// <summary>Both sides' streams, octets in each.</summary>
    readonly record struct Streams(long Client, long Server);

    /// <summary>How either side's stream is cut.</summary>
    readonly record struct Cuts(Cut How = Cut.Whole, int ClientAt = -1, int ServerAt = -1)
    {
        public void Client(Peer peer) => (peer.Wire.Cut, peer.Wire.CutAt) = (How, ClientAt);

        public void Server(Peer peer) => (peer.Wire.Cut, peer.Wire.CutAt) = (How, ServerAt);
    }

    [Theory, InlineData(Cut.Whole), InlineData(Cut.Line), InlineData(Cut.Byte)]
    public void Rule3_3_AStartTlsSessionIsTheSameHoweverItIsCut(Cut cut) => Once(IngressWorld, Ingress, new Cuts(cut));

    [Fact]
    public void Rule3_3_AStartTlsSessionIsTheSameWhereverItIsCutInTwo() => Everywhere(IngressWorld, Ingress);

    [Theory, InlineData(Cut.Whole), InlineData(Cut.Line), InlineData(Cut.Byte)]
    public void Rule4_2_AnEgressSessionIsTheSameHoweverItIsCut(Cut cut) => Once(EgressWorld, Egress, new Cuts(cut));

    [Fact]
    public void Rule4_2_AnEgressSessionIsTheSameWhereverItIsCutInTwo() => Everywhere(EgressWorld, Egress);

    [Theory, InlineData(Cut.Whole), InlineData(Cut.Line), InlineData(Cut.Byte)]
    public void Rule3_1_ASessionWithTlsFromTheFirstOctetOnBothLegsIsTheSameHoweverItIsCut(Cut cut) => Once(ImplicitWorld, Implicit, new Cuts(cut));

    [Fact]
    public void Rule3_1_ASessionWithTlsFromTheFirstOctetOnBothLegsIsTheSameWhereverItIsCutInTwo() => Everywhere(ImplicitWorld, Implicit);

    [Fact]
    public void Rule4_8_StartTlsOnBothLegsIsTwoHandshakes()
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Required, Upstream = TlsMode.Required });
        StartTlsUpstream(world, new Cuts(), out Func<MailServer> server);
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        StartTls(world, Offers.Replace("250 8BITMIME", "250-8BITMIME\r\n250 STARTTLS", StringComparison.Ordinal));
        Talk(world);
        // Ours before STARTTLS, the client's own in clear, and its own inside TLS.
        Assert.Equal(["EHLO proxy.test", "STARTTLS", "EHLO c.test", .. s_commands], server().Commands);
        Assert.Equal(1, world.Counted("""listener_tls_handshakes_total{listener="mx",result="ok"}"""));
        Assert.Equal(1, world.Counted("""upstream_tls_handshakes_total{upstream="up",result="ok"}"""));
    }

    static MemoryWorld IngressWorld() => new(new WorldOptions { Client = TlsMode.Opportunistic });

    static MemoryWorld EgressWorld() => new(new WorldOptions { Upstream = TlsMode.Required });

    static MemoryWorld ImplicitWorld() => new(new WorldOptions { Client = TlsMode.Implicit, Upstream = TlsMode.Implicit });

    static Streams Ingress(MemoryWorld world, Cuts cuts)
    {
        MailServer server = null!;
        world.OnDial = p =>
        {
            cuts.Server(p);
            server = new MailServer().Serve(p);
        };
        world.Connect();
        cuts.Client(world.Client);
        Assert.Equal("220 up.test ESMTP\r\n", world.Client.Hear());
        StartTls(world, Offers.Replace("250 8BITMIME", "250-8BITMIME\r\n250 STARTTLS", StringComparison.Ordinal));
        Talk(world);
        Assert.Equal(["EHLO c.test", .. s_commands], server.Commands);
        Assert.Equal([Content], server.Messages);
        return StreamsOf(world);
    }

    static Streams Egress(MemoryWorld world, Cuts cuts)
    {
        StartTlsUpstream(world, cuts, out Func<MailServer> server);
        cuts.Client(world.Client);
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Talk(world);
        Assert.Equal(["EHLO proxy.test", "STARTTLS", .. s_commands], server().Commands);
        Assert.Equal([Content], server().Messages);
        return StreamsOf(world);
    }

    static Streams Implicit(MemoryWorld world, Cuts cuts)
    {
        TlsContext context = world.ServerContext(s_up);
        MailServer server = null!;
        world.OnDial = p =>
        {
            cuts.Server(p);
            p.Shake(context, null);
            server = new MailServer().Serve(p, greeting: "");
            p.Reaction += server.GreetInsideTls;
        };
        world.Connect();
        cuts.Client(world.Client);
        world.ClientShakes();
        world.Run();
        Assert.Equal("220 up.test ESMTP\r\n", world.Client.Hear());
        Talk(world);
        Assert.Equal(s_commands, server.Commands);
        Assert.Equal([Content], server.Messages);
        return StreamsOf(world);
    }

    static void StartTlsUpstream(MemoryWorld world, Cuts cuts, out Func<MailServer> server)
    {
        TlsContext context = world.ServerContext(s_up);
        MailServer dialled = null!;
        world.OnDial = p =>
        {
            cuts.Server(p);
            dialled = new MailServer { StartTls = context }.Serve(p);
        };
        server = () => dialled;
        world.Connect();
    }

    static void StartTls(MemoryWorld world, string offers)
    {
        Assert.Equal(offers, world.Ask("EHLO c.test\r\n"));
        Assert.Equal("220 2.0.0 Ready to start TLS\r\n", world.Ask("STARTTLS\r\n"));
        world.ClientShakes();
        world.Run();
        Assert.True(world.Client.IsTls);
        Assert.Equal("", world.Client.Hear());
    }

    static void Talk(MemoryWorld world)
    {
        Assert.Equal(Offers, world.Ask("EHLO c.test\r\n"));
        Assert.Equal("250 2.0.0 ok\r\n250 2.0.0 ok\r\n354 go on\r\n", world.Ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n"));
        Assert.Equal("250 2.0.0 queued\r\n221 2.0.0 bye\r\n", world.Ask(Content + ".\r\nQUIT\r\n"));
        bool isTls = world.Client.IsTls;
        world.Client.End();
        world.Run();
        Assert.Equal(EndReason.Quit, world.End.Reason);
        Assert.Equal(TlsRead.End, world.Client.InputEnd);             // under TLS that is close_notify (rule 3.7)
        Assert.Equal(isTls, world.Client.IsTls);
        Assert.False(world.Client.Near.WasReset);
        Assert.False(world.Server.Near.WasReset);
    }

    static Streams StreamsOf(MemoryWorld world) => new(world.Client.Wire.Sent, world.Server.Wire.Sent);

    static void Once(Func<MemoryWorld> make, Func<MemoryWorld, Cuts, Streams> session, Cuts cuts)
    {
        using MemoryWorld world = make();
        session(world, cuts);
    }

    // Every session but the first has the same length: the proxy offers a TLS session that the server's new context does not know.
    static void Everywhere(Func<MemoryWorld> make, Func<MemoryWorld, Cuts, Streams> session)
    {
        using MemoryWorld world = make();
        session(world, new Cuts());
        Streams whole = session(world, new Cuts());
        for (int at = 1; at < Math.Max(whole.Client, whole.Server); at++)
            session(world, new Cuts(ClientAt: at < whole.Client ? at : -1, ServerAt: at < whole.Server ? at : -1));
    }
}
