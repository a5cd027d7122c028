using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>However a session ends: what either side hears, and how its leg is left.</summary>
public class EndingTest
{
    const string Envelope = "MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n";
    const string EnvelopeReplies = "250 2.0.0 ok\r\n250 2.0.0 ok\r\n354 go on\r\n";
    const string Lost = "421 4.4.2 Connection to the server was lost\r\n";

    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);

    [Fact]
    public void AClientThatIsResetWhileDiallingEndsTheDial()
    {
        using MemoryWorld world = new();
        world.Dialler.Hangs = true;
        world.Connect();
        world.Client.Reset();
        Assert.Equal(EndReason.ClientLost, world.Run().End.Reason);
        Assert.Empty(world.Servers);
        Assert.Equal(1, world.Counted("""upstream_connects_total{upstream="up",destination="a",result="client_lost"}"""));
    }

    [Fact]
    public void AClientThatLeavesWithoutAnOctetWhileDiallingIsEmpty()
    {
        using MemoryWorld world = new();
        world.Dialler.Hangs = true;
        world.Connect();
        world.Client.End();
        Assert.Equal(EndReason.Empty, world.Run().End.Reason);
        Assert.Equal("", world.Client.Hear());
        Assert.Equal(1, world.Counted("""sessions_total{listener="mx",end="empty"}"""));
    }

    [Fact]
    public void AClientThatLeavesWithoutAnOctetBeforeTheGreetingIsEmptyAndTheUpstreamIsDropped()
    {
        using MemoryWorld world = new();
        world.Connect();
        world.Client.End();
        Assert.Equal(EndReason.Empty, world.Run().End.Reason);
        Assert.True(world.Server.Near.IsClosed);
        Assert.Equal("", world.SentUpstream);
    }

    [Fact]
    public void Rule6_6_AClientThatSaidSomethingAndEndedWhileDiallingIsStillServed()
    {
        using MemoryWorld world = new();
        world.Dialler.Hangs = true;
        MailServer server = Serve(world);
        world.Connect();
        world.Client.Say("HELO c.test\r\nQUIT\r\n");
        world.Client.End();
        world.Run();
        world.Dialler.Hangs = false;
        world.Client.Near.Edge!();
        world.Run();
        Assert.Equal("220 up.test ESMTP\r\n250 2.0.0 ok\r\n221 2.0.0 bye\r\n", world.Client.Hear());
        Assert.Equal(["HELO c.test", "QUIT"], server.Commands);
        Assert.Equal(EndReason.Quit, world.End.Reason);
    }

    [Theory, InlineData("EHLO c.test\r\n"), InlineData("MAIL FROM:<a@c.test>\r\n")]
    public void Rule6_5_AClientThatIsResetWhileAReplyIsAwaitedLeavesNothingOpen(string awaited)
    {   // a server that never answers must not keep the session of a client that is gone
        using MemoryWorld world = new();
        world.OnDial = peer => peer.Say("220 up.test ESMTP\r\n");
        world.Connect();
        world.Ask(awaited);
        world.Client.Reset();
        world.Run();
        Assert.True(world.End.IsEnd);
        Assert.Equal(EndReason.ClientLost, world.End.Reason);
        Assert.True(world.Server.Near.IsClosed);
    }

    [Theory, InlineData(true, false), InlineData(false, false), InlineData(true, true), InlineData(false, true)]
    public void Rule5_5_AClientLostInContentResetsTheUpstream(bool reset, bool upstreamTls)
    {
        using MemoryWorld world = new(new WorldOptions { Upstream = upstreamTls ? TlsMode.Required : TlsMode.None });
        MailServer server = Serve(world, upstreamTls);
        Begin(world);
        world.Ask("Subject: half\r\n\r\nhalf a mess");
        int before = world.Server.Near.Taken.Length;
        if (reset)
            world.Client.Reset();
        else
            world.Client.End();
        world.Run();
        Assert.True(world.Server.Near.WasReset);
        Assert.Equal(before, world.Server.Near.Taken.Length);         // no dot, no QUIT, no close_notify
        Assert.Empty(server.Messages);
        Assert.Equal("DATA", server.Commands[^1]);
        Assert.Equal(EndReason.ClientLost, world.End.Reason);
        Assert.True(world.Client.Near.IsClosed);
    }

    [Fact]
    public void Rule5_5_ATruncatedTlsClientInContentResetsTheUpstream()
    {   // FIN without close_notify
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Implicit });
        MailServer server = Serve(world);
        world.Connect();
        world.ClientShakes();
        world.Run();
        world.Client.Hear();
        world.Ask("EHLO c.test\r\n");
        Assert.Equal(EnvelopeReplies, world.Ask(Envelope));
        world.Ask("Subject: half\r\n");
        world.Client.Wire.ShutdownSend();
        world.Run();
        Assert.True(world.Server.Near.WasReset);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public void Rule5_5_AnEndAtACommandBoundaryIsOrderly()
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Client.Say("NOOP\r\nNOO");
        world.Client.End();
        world.Run();
        Assert.Equal("250 2.0.0 ok\r\n", world.Client.Hear());        // an unfinished line is dropped
        Assert.Equal(["EHLO c.test", "NOOP", "QUIT"], server.Commands);
        Assert.False(world.Server.Near.WasReset);
        Assert.Equal(EndReason.Quit, world.End.Reason);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Rule5_4_AnUpstreamLostBehindTheDotIs451ThenOne421(bool reset)
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        Begin(world);
        world.Server.Reaction = null;
        Assert.Equal("", world.Ask("Subject: x\r\n\r\n.\r\n"));
        Leave(world.Server, reset);
        world.Run();
        Assert.Equal("451 4.4.2 Connection to the server was lost, try again\r\n", world.Client.Hear());
        Assert.Equal(Lost, world.Ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\n"));
        Assert.True(world.Client.Near.SendEnded);
        world.Client.End();
        Assert.Equal(EndReason.UpstreamLost, world.Run().End.Reason);
        Assert.Equal(1, world.Counted(Messages(MessageOutcome.Unknown)));
        Assert.Empty(server.Messages);
    }

    [Fact]
    public void Rule5_4_AnUpstreamSilentBehindTheDotFor11MinutesIs451()
    {
        using MemoryWorld world = new();
        Serve(world);
        Begin(world);
        world.Server.Reaction = null;
        world.Ask("Subject: x\r\n\r\n.\r\n");
        world.After(TimeSpan.FromMinutes(10.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromMinutes(0.2));
        Assert.StartsWith("451 4.4.2 ", world.Client.Hear(), StringComparison.Ordinal);
        Assert.True(world.Server.Near.WasReset);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Rule6_5_AnUpstreamLostWhileIdleIsToldUnasked(bool reset)
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        Leave(world.Server, reset);
        world.Run();
        Assert.Equal(Lost, world.Client.Hear());
        world.Client.End();
        Assert.Equal(EndReason.UpstreamLost, world.Run().End.Reason);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Rule6_5_AnUpstreamLostInContentIsToldAtItsEnd(bool reset)
    {
        using MemoryWorld world = new();
        Serve(world);
        Begin(world);
        Assert.Equal("", world.Ask("Subject: x\r\n"));
        Leave(world.Server, reset);
        world.Run();
        Assert.Equal("", world.Client.Hear());
        Assert.Equal("", world.Ask("much more\r\n"));
        Assert.Equal(Lost, world.Ask(".\r\n"));
        Assert.DoesNotContain("much more", world.SentUpstream, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("552 5.3.4 too big\r\n", "552 5.3.4 too big\r\n")]
    [InlineData("452 4.3.1 full\r\n", "452 4.3.1 full\r\n")]
    [InlineData("250 2.0.0 already\r\n", "451 4.5.0 Server answered before the end of the message\r\n")]
    public void Rule5_6_AnEarlyReplyIsToldAtTheEndAndNothingMoreGoesUp(string early, string told)
    {
        using MemoryWorld world = new();
        Serve(world);
        Begin(world);
        Assert.Equal("", world.Ask("Subject: x\r\n"));
        Assert.Equal("", world.Answer(early));
        Assert.True(world.Server.Near.WasReset);
        Assert.Equal("", world.Ask("\r\nRSET\r\nMAIL FROM:<evil@c.test>\r\n"));
        Assert.StartsWith(told, world.Ask(".\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("evil", world.SentUpstream, StringComparison.Ordinal);
        Assert.Equal(1, world.Counted("""protocol_violations_total{listener="mx",leg="upstream",kind="early_reply"}"""));
    }

    [Fact]
    public void Rule5_6_AnEarly421IsToldAtOnce()
    {
        using MemoryWorld world = new();
        Serve(world);
        Begin(world);
        world.Ask("Subject: x\r\n");
        Assert.Equal("421 4.3.2 down\r\n", world.Answer("421 4.3.2 down\r\n"));
        world.Client.End();
        Assert.Equal(EndReason.UpstreamLost, world.Run().End.Reason);
        Assert.DoesNotContain("QUIT", world.SentUpstream, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule6_7_QuitUnansweredFor10SecondsIs221()
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Server.Reaction = null;
        Assert.Equal("", world.Ask("QUIT\r\n"));
        world.After(TimeSpan.FromSeconds(9.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal("221 2.0.0 Goodbye\r\n", world.Client.Hear());
        world.Client.End();
        Assert.Equal(EndReason.Quit, world.Run().End.Reason);
    }

    [Fact]
    public void Rule6_7_QuitToAnUpstreamThatIsLostIs221()
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Server.Reaction = null;
        world.Ask("QUIT\r\n");
        world.Server.Reset();
        Assert.Equal("221 2.0.0 Goodbye\r\n", world.Run().Client.Hear());
    }

    [Fact]
    public void Rule6_7_AnIdleUpstreamHasASecondForQuit()
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Server.Reaction = null;
        world.Client.End();
        world.Run();
        Assert.EndsWith("QUIT\r\n", world.SentUpstream, StringComparison.Ordinal);
        Assert.False(world.Session.IsCompleted);
        world.After(TimeSpan.FromSeconds(1.1));
        Assert.Equal(EndReason.Quit, world.End.Reason);
    }

    [Fact]
    public void Rule6_7_AnOpenTransactionIsJustClosed()
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Ask("MAIL FROM:<a@c.test>\r\n");
        world.Client.End();
        world.Run();
        Assert.True(world.Session.IsCompleted);
        Assert.Equal("MAIL FROM:<a@c.test>", server.Commands[^1]);
        Assert.True(world.Server.Near.IsClosed);
    }

    [Fact]
    public void Rule6_1_ASilentClientIs421_4_4_2()
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.After(TimeSpan.FromMinutes(4));
        world.Client.Say("NOO");                                      // the timer runs for the whole line
        world.After(TimeSpan.FromMinutes(0.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromMinutes(0.2));
        Assert.Equal("421 4.4.2 Timeout\r\n", world.Client.Hear());
        Assert.Equal(["EHLO c.test", "QUIT"], server.Commands);
        world.After(TimeSpan.FromSeconds(2.1));                       // it lingers no longer
        Assert.Equal(EndReason.Timeout, world.End.Reason);
    }

    [Fact]
    public void Rule6_1_ASilentUpstreamIs421_4_4_2()
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Server.Reaction = null;
        world.Ask("NOOP\r\n");
        world.After(TimeSpan.FromMinutes(4.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromMinutes(0.2));
        Assert.StartsWith("421 4.4.2 ", world.Client.Hear(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule6_1_AClientSilentInContentIs421_4_4_2AndTheUpstreamIsReset()
    {
        using MemoryWorld world = new();
        Serve(world);
        Begin(world);
        world.Ask("Subject: x\r\n");
        world.After(TimeSpan.FromMinutes(2.9));
        Assert.Equal("", world.Ask("more\r\n"));
        world.After(TimeSpan.FromMinutes(2.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromMinutes(0.2));
        Assert.Equal("421 4.4.2 Timeout\r\n", world.Client.Hear());
        Assert.True(world.Server.Near.WasReset);
    }

    [Fact]
    public void Rule6_4_ADrainTellsAnIdleClientAtOnce()
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear());
        Assert.Equal(["EHLO c.test", "QUIT"], server.Commands);
        world.Client.End();
        Assert.Equal(EndReason.Drain, world.Run().End.Reason);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rule6_4_ADrainInATransactionComesBehindItsFinalReply(bool inContent)
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Ask("MAIL FROM:<a@c.test>\r\n");
        if (inContent)
            world.Ask("RCPT TO:<b@up.test>\r\nDATA\r\n");
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("", world.Client.Hear());
        if (!inContent)
            world.Ask("RCPT TO:<b@up.test>\r\nDATA\r\n");
        Assert.Equal("", world.Ask("Subject: x\r\n"));
        Assert.Equal("250 2.0.0 queued\r\n421 4.3.2 Service is shutting down, try again\r\n", world.Ask(".\r\n"));
        Assert.Equal(["Subject: x\r\n"], server.Messages);
        Assert.Equal(1, world.Counted(Messages(MessageOutcome.Accepted)));
        world.Client.End();
        Assert.Equal(EndReason.Drain, world.Run().End.Reason);
    }

    [Fact]
    public void Rule6_4_WhatIsLeftAtTheDeadlineIsAborted()
    {
        using MemoryWorld world = new();
        Serve(world);
        Begin(world);
        world.Ask("Subject: x\r\n");
        world.Loop.DrainAll();
        world.Run();
        world.Loop.AbortAll();
        world.Run();
        Assert.Equal(EndReason.Drain, world.End.Reason);
        Assert.True(world.Server.Near.WasReset);
        Assert.True(world.Client.Near.WasReset);
        Assert.Equal(1, world.Counted("""sessions_total{listener="mx",end="drain"}"""));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Rule6_4_WhatIsStillOpeningAtTheDeadlineIsAborted(bool dialling)
    {
        using MemoryWorld world = new();
        world.Dialler.Hangs = dialling;
        world.Connect();
        world.Loop.AbortAll();
        world.Run();
        Assert.Equal(EndReason.Drain, world.End.Reason);
        Assert.True(world.Client.Near.WasReset);
        Assert.Equal(1, world.Counted("""upstream_connects_total{upstream="up",destination="a",result="aborted"}"""));
    }

    [Fact]
    public void Rule6_4_ADrainWhileDiallingIsAnAbortedAttempt()
    {
        using MemoryWorld world = new();
        world.Dialler.Hangs = true;
        world.Connect();
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear());
        Assert.Equal(1, world.Counted("""upstream_connects_total{upstream="up",destination="a",result="aborted"}"""));
    }

    [Fact]
    public void Rule6_3_AnUpstreamBeyondItsCapIsNotDialled()
    {
        using MemoryWorld world = new(new WorldOptions { Server = u => u with { Limits = u.Limits with { Connections = 0, Queue = 0 } } });
        world.Connect();
        Assert.Equal("421 4.3.2 Server is busy, try again later\r\n", world.Client.Hear());
        Assert.Empty(world.Dialler.Dialled);
        Assert.Equal(1, world.Counted("""limit_rejections_total{listener="mx",limit="upstreamConnections"}"""));
        world.Client.End();
        Assert.Equal(EndReason.Limit, world.Run().End.Reason);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rule6_3_TheCapCountsWhatIsOpenAndNothingElse(bool refused)
    {
        using MemoryWorld world = new(new WorldOptions { Server = u => u with { Limits = u.Limits with { Connections = 1, Queue = 0 } } });
        Serve(world);
        for (int session = 0; session < 3; session++)
        {
            if (refused)
                world.Dialler.Errors.Enqueue(Transport.Legs.DialError.Refused);
            Assert.Equal(refused ? "421 4.4.1 No connection to the server\r\n" : "220 up.test ESMTP\r\n", world.Connect().Client.Hear());
            world.Client.End();
            world.Run();
        }
        Assert.Equal(0, world.Counted("""limit_rejections_total{listener="mx",limit="upstreamConnections"}"""));
    }

    [Fact]
    public void Rule6_7_AReplyStillOwedIsNotTheOneToQuit()
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        server.Instead["QUIT"] = "250 2.0.0 late\r\n";
        world.Client.End();
        world.Run();
        Assert.False(world.Session.IsCompleted);
        Assert.False(world.Server.Near.IsClosed);
        world.Server.Say("221 2.0.0 bye\r\n");
        Assert.Equal(EndReason.Quit, world.Run().End.Reason);
        Assert.True(world.Server.Near.IsClosed);
    }

    [Fact]
    public void Rule6_7_AServerThatAnswersForEverHasASecond()
    {
        using MemoryWorld world = new();
        MailServer server = Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        server.Instead["QUIT"] = "250 2.0.0 what\r\n";
        world.Client.End();
        world.Run();
        world.After(TimeSpan.FromSeconds(0.9));
        world.Server.Say("250 2.0.0 what\r\n");
        Assert.False(world.Run().Session.IsCompleted);
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal(EndReason.Quit, world.End.Reason);
    }

    [Fact]
    public void Rule6_6_PlaintextBehindACloseNotifyIsNeverRead()
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Implicit });
        MailServer server = Serve(world);
        world.Connect();
        world.ClientShakes();
        world.Run();
        world.Client.Hear();
        world.Ask("EHLO c.test\r\n");
        world.Client.Say("NOOP\r\n");
        world.Client.CloseNotify();
        world.Client.Wire.Send("MAIL FROM:<evil@c.test>\r\n"u8);
        world.Run();
        Assert.Equal("250 2.0.0 ok\r\n", world.Client.Hear());        // what came before is still executed and answered
        Assert.Equal(["EHLO c.test", "NOOP", "QUIT"], server.Commands);
    }

    [Fact]
    public void Rule6_2_TheCountOfBadCommandsSurvivesStartTls()
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Opportunistic, Listener = l => l with { Limits = l.Limits with { BadCommands = 3 } } });
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        Assert.Equal("500 5.5.2 Syntax error\r\n", world.Ask("1\r\n"));
        Assert.Equal("500 5.5.2 Syntax error\r\n", world.Ask("2\r\n"));
        world.Ask("STARTTLS\r\n");
        world.ClientShakes();
        world.Run();
        Assert.Equal("500 5.5.2 Syntax error\r\n", world.Ask("3\r\n"));
        Assert.Equal("421 4.7.0 Too many bad commands\r\n", world.Ask("4\r\n"));
    }

    [Theory, InlineData(TlsMode.None), InlineData(TlsMode.Required)]
    public void Rule2_11_AnEarlyTalkerWaitsOrIsRefused(TlsMode upstream)
    {
        foreach (EarlyTalkers what in (EarlyTalkers[])[EarlyTalkers.Wait, EarlyTalkers.Refuse])
        {
            using MemoryWorld world = new(new WorldOptions { Upstream = upstream, Listener = l => l with { EarlyTalkers = what } });
            MailServer server = Serve(world, upstreamTls: upstream is not TlsMode.None);
            world.Dialler.Hangs = true;
            world.Connect();
            world.Client.Say("NOOP\r\n");
            world.Run();
            world.Dialler.Hangs = false;
            world.Client.Near.Edge!();
            world.Run();
            string heard = world.Client.Hear();
            Assert.Equal(what is EarlyTalkers.Wait, server.Commands.Contains("NOOP"));
            Assert.EndsWith(what is EarlyTalkers.Wait ? "\r\n250 2.0.0 ok\r\n" : "554 5.5.1 Wait for the greeting\r\n", heard, StringComparison.Ordinal);
            Assert.Equal(1, world.Counted("""protocol_violations_total{listener="mx",leg="client",kind="early_talker"}"""));
        }
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public void Rule6_5_AnAbortAtAnyPointLeavesNothingOpen(int steps)
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Opportunistic, Upstream = TlsMode.Required });
        Serve(world, upstreamTls: true);
        Action[] story =
        [
            () => world.Dialler.Hangs = true,
            () => world.Connect(),
            () => { world.Dialler.Hangs = false; world.Client.Near.Edge!(); world.Run(); },
            () => world.Ask("EHLO c.test\r\n"),
            () => world.Ask("STARTTLS\r\n"),
            () => { world.ClientShakes(); world.Run(); },
            () => { world.Ask("EHLO c.test\r\n"); world.Ask(Envelope); },
            () => world.Ask("Subject: x\r\n"),
        ];
        foreach (Action step in story.Take(steps + 1))
            step();
        world.Loop.AbortAll();
        world.Run();
        if (steps > 0)
            Assert.True(world.Session.IsCompleted);
    }

    [Theory, InlineData(EndReason.Quit, "QUIT\r\n"), InlineData(EndReason.Violation, "GET / HTTP/1.1\r\n")]
    public void Rule6_6_ACloseDiscardsWhatStillComesForTwoSeconds(EndReason reason, string last)
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        Assert.NotEqual("", world.Ask(last));
        Assert.True(world.Client.Near.SendEnded);
        Assert.Equal("", world.Ask("NOOP\r\n"));
        Assert.False(world.Client.Near.IsClosed);
        world.After(TimeSpan.FromSeconds(2.1));
        Assert.True(world.Client.Near.IsClosed);
        Assert.False(world.Client.Near.WasReset);
        Assert.Equal(reason, world.End.Reason);
    }

    [Fact]
    public void Rule6_6_APourerIsNotDiscardedForEver()
    {
        using MemoryWorld world = new();
        Serve(world);
        world.Connect().Ask("EHLO c.test\r\n");
        world.Ask("QUIT\r\n");
        for (int i = 0; i < 300; i++)
            world.Client.Say(new byte[1024]);
        world.Run();
        Assert.True(world.Client.Near.IsClosed);
        Assert.Equal(EndReason.Quit, world.End.Reason);
    }

    static string Messages(MessageOutcome outcome) =>
        $$"""messages_total{listener="mx",upstream="up",client_security="clear",upstream_security="clear",outcome="{{outcome.ToString().ToLowerInvariant()}}"}""";

    static void Leave(Peer peer, bool reset)
    {
        if (reset)
            peer.Reset();
        else
            peer.End();
    }

    static void Begin(MemoryWorld world)
    {
        world.Connect().Client.Hear();
        world.Ask("EHLO c.test\r\n");
        Assert.Equal(EnvelopeReplies, world.Ask(Envelope));
    }

    static MailServer Serve(MemoryWorld world, bool upstreamTls = false)
    {
        MailServer server = new() { StartTls = upstreamTls ? world.ServerContext(s_up) : null };
        world.OnDial = p => server.Serve(p);
        return server;
    }
}
