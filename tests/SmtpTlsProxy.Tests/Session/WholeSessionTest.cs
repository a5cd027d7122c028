using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Whole sessions under real OpenSSL, however the client's and the server's octets are cut: the same words on both sides.</summary>
public class WholeSessionTest
{
    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);

    [Theory, InlineData(Cut.Whole), InlineData(Cut.Line), InlineData(Cut.Byte)]
    public void Rule3_3_AStartTlsSessionIsTheSameHoweverItIsCut(Cut cut) => Ingress(p => p.Wire.Cut = cut);

    long Ingress(Action<Peer> cut)
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Opportunistic });
        MailServer server = null!;
        world.OnDial = p => server = new MailServer(p);
        world.Connect();
        cut(world.Client);
        Assert.Equal("220 up.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal("250-up.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 STARTTLS\r\n", world.Ask("EHLO c.test\r\n"));
        Assert.Equal("220 2.0.0 Ready to start TLS\r\n", world.Ask("STARTTLS\r\n"));
        world.ClientShakes();
        world.Run();
        Assert.True(world.Client.IsTls);
        Talk(world);
        Assert.Equal(["EHLO c.test", "EHLO c.test", .. Commands], server.Commands);
        Assert.Equal([Content], server.Messages);
        return world.Client.Wire.Sent;
    }

    const string Content = "Subject: x\r\n\r\n..stuffed\r\n";

    static readonly string[] Commands = ["MAIL FROM:<a@c.test>", "RCPT TO:<b@up.test>", "DATA", "QUIT"];

    static void Talk(MemoryWorld world)
    {
        Assert.Equal("250-up.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n", world.Ask("EHLO c.test\r\n"));
        Assert.Equal("250 2.0.0 ok\r\n250 2.0.0 ok\r\n354 go on\r\n", world.Ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n"));
        Assert.Equal("250 2.0.0 queued\r\n221 2.0.0 bye\r\n", world.Ask(Content + ".\r\nQUIT\r\n"));
        world.Client.End();
        world.Run();
        Assert.Equal(EndReason.Quit, world.End.Reason);
        Assert.True(world.Client.Near.SendEnded);
        Assert.False(world.Client.Near.WasReset);
        Assert.False(world.Server.Near.WasReset);
    }
}
