using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Session;

/// <summary>Plaintext behind STARTTLS on the client's leg: never executed, wherever the segments are cut (rule 3.3).</summary>
public class InjectionTest
{
    const string StartTls = "STARTTLS\r\n";
    const string Injected = "MAIL FROM:<evil@c.test>\r\nRSET\r\n";
    const string Refusal = "503 5.5.1 Commands must not follow STARTTLS before TLS is active\r\n";

    [Fact]
    public void Rule3_3_PlaintextInOneSegmentWithStartTlsIs503AndClose()
    {
        for (int length = 1; length <= Injected.Length; length++)
            Refused(world => world.Ask(StartTls + Injected[..length]));
    }

    [Fact]
    public void Rule3_3_PlaintextThatIsThereBeforeThe220IsFoundWhereverTheSegmentsAreCut()
    {   // both segments are in before the proxy runs, as a kernel would have them
        const string all = StartTls + Injected;
        for (int at = 1; at < all.Length; at++)
        {
            int cut = at;
            Refused(world =>
            {
                world.Client.Near.Feed(Latin1(all[..cut]));
                world.Client.Near.Feed(Latin1(all[cut..]));
                return world.Run().Client.Hear();
            });
        }
    }

    [Fact]
    public void Rule3_3_PlaintextOctetByOctetIsFoundToo() => Refused(world =>
    {
        world.Client.Near.Feed(Latin1(StartTls + Injected), Tests.Shared.Cut.Byte);
        return world.Run().Client.Hear();
    });

    [Fact]
    public void Rule3_3_PlaintextThatComesBehindThe220IsReadByOpenSslOnly()
    {
        using MemoryWorld world = Talking(out MailServer server);
        Assert.Equal("220 2.0.0 Ready to start TLS\r\n", world.Ask(StartTls));
        Assert.DoesNotContain("\r\n", world.Ask(Injected), StringComparison.Ordinal);
        world.Client.End();
        world.Run();
        Assert.Equal(EndReason.Violation, world.End.Reason);
        Assert.Equal(["EHLO c.test", "QUIT"], server.Commands);
        Assert.Equal(1, world.Counted("""listener_tls_handshakes_total{listener="mx",result="protocol"}"""));
    }

    [Fact]
    public void Rule3_3_EarlierRepliesAreOutBeforeThe503()
    {
        using MemoryWorld world = Talking(out MailServer server);
        Assert.Equal("250 2.0.0 ok\r\n250 2.0.0 ok\r\n" + Refusal, world.Ask("NOOP\r\nNOOP\r\n" + StartTls + Injected));
        Assert.Equal(["EHLO c.test", "NOOP", "NOOP", "QUIT"], server.Commands);
    }

    [Fact]
    public void Rule3_2_InsideATransactionTheInjectionIsStillRefused()
    {
        using MemoryWorld world = Talking(out MailServer server);
        world.Ask("MAIL FROM:<a@c.test>\r\n");
        Assert.Equal(Refusal, world.Ask(StartTls + Injected));
        Assert.Equal(["EHLO c.test", "MAIL FROM:<a@c.test>", "RSET", "QUIT"], server.Commands);
    }

    [Fact]
    public void Rule3_2_ATransactionIsResetUpstreamBeforeOur220()
    {
        using MemoryWorld world = Talking(out MailServer server);
        world.Ask("MAIL FROM:<a@c.test>\r\n");
        Assert.Equal("220 2.0.0 Ready to start TLS\r\n", world.Ask(StartTls));
        Assert.Equal(["EHLO c.test", "MAIL FROM:<a@c.test>", "RSET"], server.Commands);
    }

    [Fact]
    public void Rule3_3_WhatTheUpstreamSaysInTheHandshakeIsToldInsideTls()
    {
        using MemoryWorld world = Talking(out _);
        world.Ask(StartTls);
        world.Server.Say("421 4.3.2 bye\r\n");
        world.Run();
        Assert.Equal("", world.Client.Hear());
        world.ClientShakes();
        world.Run();
        Assert.True(world.Client.IsTls);
        Assert.Equal("421 4.3.2 bye\r\n", world.Client.Hear());
    }

    [Fact]
    public void Rule3_3_ADrainInTheHandshakeIsToldInsideTls()
    {
        using MemoryWorld world = Talking(out _);
        world.Ask(StartTls);
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("", world.Client.Hear());
        world.ClientShakes();
        world.Run();
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear());
    }

    [Fact]
    public void Rule3_5_ASlowHandshakeEndsWithoutWordsAndTheUpstreamGetsQuit()
    {
        using MemoryWorld world = Talking(out MailServer server);
        world.Ask(StartTls);
        world.After(TimeSpan.FromSeconds(29.9));
        Assert.False(world.Client.Near.SendEnded);
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.True(world.Client.Near.SendEnded);
        Assert.Equal("", world.Client.Hear());
        Assert.Equal(["EHLO c.test", "QUIT"], server.Commands);
        world.After(TimeSpan.FromSeconds(3));
        Assert.Equal(EndReason.Timeout, world.End.Reason);
    }

    [Fact]
    public void Rule3_4_BehindTheHandshakeAHelloComesFirst()
    {
        using MemoryWorld world = Talking(out MailServer server);
        world.Ask(StartTls);
        world.ClientShakes();
        world.Run();
        Assert.Equal("503 5.5.1 Send EHLO first\r\n", world.Ask("MAIL FROM:<a@c.test>\r\n"));
        Assert.Equal("503 5.5.1 TLS is already active\r\n", world.Ask(StartTls));
        Assert.Equal(["EHLO c.test"], server.Commands);
    }

    static void Refused(Func<MemoryWorld, string> inject)
    {
        using MemoryWorld world = Talking(out MailServer server);
        Assert.Equal(Refusal, inject(world));
        Assert.True(world.Client.Near.SendEnded);
        Assert.Equal(["EHLO c.test", "QUIT"], server.Commands);
        Assert.Equal(1, world.Counted("""listener_starttls_total{listener="mx",outcome="injection"}"""));
        Assert.Equal(1, world.Counted("""protocol_violations_total{listener="mx",leg="client",kind="starttls_injection"}"""));
        world.Client.End();
        Assert.Equal(EndReason.Violation, world.Run().End.Reason);
    }

    static MemoryWorld Talking(out MailServer server)
    {
        MemoryWorld world = new(new WorldOptions { Client = TlsMode.Opportunistic });
        MailServer serving = server = new();
        world.OnDial = p => serving.Serve(p);
        world.Connect().Ask("EHLO c.test\r\n");
        return world;
    }

    static byte[] Latin1(string words) => System.Text.Encoding.Latin1.GetBytes(words);
}
