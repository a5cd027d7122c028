using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>A peer that reads slowly or not at all stops what flows towards it, and nothing else; memory stays bounded.</summary>
public class BackPressureTest
{
    const int Bound = Leg.HighWater + (64 * 1024);                    // one step beyond the mark
    const string Letter = "0123456789012345678901234567890123456789012345678901234567890\r\n";

    [Theory, InlineData(false), InlineData(true)]
    public void Rule5_3_AStoppedUpstreamStopsAPouringClient(bool clientTls)
    {
        using MemoryWorld world = Talking(clientTls, out MailServer server);
        world.Ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n");
        world.Server.Near.Window = 0;
        long before = world.ClientLeg.BytesIn;
        string content = string.Concat(Enumerable.Repeat(Letter, 40_000));
        for (int at = 0; at < content.Length; at += 63_000)
            world.Client.Say(content.Substring(at, Math.Min(63_000, content.Length - at)));
        Assert.Equal("", world.Ask(".\r\n"));
        Assert.InRange(world.Dialler.Leg.Unsent, Leg.HighWater, Bound);
        Assert.InRange(world.ClientLeg.BytesIn - before, 1, 2 * Bound);
        Assert.InRange(world.Loop.Counts.RentedBuffers, 1, 6);
        while (server.Messages.Count == 0)
        {
            world.Server.Near.Window = 100_000;
            world.Run();
            Assert.InRange(world.Dialler.Leg.Unsent, 0, Bound);
        }
        Assert.Equal(content, server.Messages[0]);
        Assert.Equal("250 2.0.0 queued\r\n", world.Client.Hear());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rule2_1_AClientThatDoesNotReadStopsTheUpstreamsReplies(bool clientTls)
    {
        using MemoryWorld world = Talking(clientTls, out _);
        world.Server.Reaction = null;
        world.Ask("MAIL FROM:<a@c.test>\r\n" + Repeat("RCPT TO:<b@up.test>\r\n", 99));
        world.Client.Near.Window = 0;
        string reply = Repeat($"250-{new string('x', 4000)}\r\n", 15) + "250 ok\r\n";
        for (int i = 0; i < 100; i++)
            world.Server.Say(reply);
        world.Run();
        Assert.InRange(world.ClientLeg.Unsent, Leg.HighWater, 2 * Bound);
        Assert.InRange(world.Dialler.Leg.BytesIn, 1, 4 * Bound);
        string heard = "";
        while (heard.Length < reply.Length * 100)
        {
            world.Client.Near.Window = 50_000;
            world.Run();
            Assert.InRange(world.ClientLeg.Unsent, 0, 2 * Bound);
            string more = world.Client.Hear();
            Assert.True(more.Length > 0 || clientTls, "nothing moves");
            heard += more;
        }
        Assert.Equal(Repeat(reply, 100), heard);
    }

    [Fact]
    public void Rule2_1_RepliesFlowWhileTheUpstreamTakesNothing()
    {   // RFC 2920: a server that does not read until its replies are taken must not be waited for
        using MemoryWorld world = Talking(false, out _);
        world.Server.Reaction = null;
        world.Server.Near.Window = 0;
        world.Ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\n");
        Assert.True(world.Dialler.Leg.Unsent > 0);
        Assert.Equal("250 2.0.0 ok\r\n", world.Answer("250 2.0.0 ok\r\n"));
        world.Server.Near.Window = 1000;
        Assert.Equal("250 2.0.0 ok\r\n", world.Answer("250 2.0.0 ok\r\n"));
    }

    [Theory, InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void Rule2_1_BothWindowsAtZeroIsNoDeadlock(bool clientFirst, bool clientTls)
    {
        using MemoryWorld world = Talking(clientTls, out MailServer server);
        world.Client.Near.Window = world.Server.Near.Window = 0;
        Assert.Equal("", world.Ask("MAIL FROM:<a@c.test>\r\n" + Repeat("RCPT TO:<b@up.test>\r\n", 100) + "DATA\r\n"));
        Peer first = clientFirst ? world.Client : world.Server;
        Peer second = clientFirst ? world.Server : world.Client;
        first.Near.Window = 1 << 20;
        world.Run();
        second.Near.Window = 1 << 20;
        world.Run();
        Assert.Equal(Repeat("250 2.0.0 ok\r\n", 101) + "354 go on\r\n", world.Client.Hear());
        Assert.Equal("250 2.0.0 queued\r\n", world.Ask("x\r\n.\r\n"));
        Assert.Equal(["x\r\n"], server.Messages);
    }

    [Theory, InlineData(1), InlineData(7), InlineData(1000)]
    public void Rule2_1_WindowsOfAFewOctetsChangeNothing(int window)
    {
        using MemoryWorld world = Talking(true, out MailServer server);
        world.Client.Near.Window = world.Server.Near.Window = 0;
        world.Client.Say("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n");
        string heard = Trickle(world, window, heard => heard.EndsWith("354 go on\r\n", StringComparison.Ordinal));
        Assert.Equal("250 2.0.0 ok\r\n250 2.0.0 ok\r\n354 go on\r\n", heard);
        world.Client.Say(Letter + ".\r\n");
        Assert.Equal("250 2.0.0 queued\r\n", Trickle(world, window, heard => heard.EndsWith('\n')));
        Assert.Equal([Letter], server.Messages);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rule2_2_AGroupGoesUpTogetherAndComesBackTogether(bool clientTls)
    {
        using MemoryWorld world = Talking(clientTls, out MailServer server);
        server.Commands.Clear();
        (int up, int down) = (world.Server.Near.Sends, world.Client.Near.Sends);
        Assert.Equal(Repeat("250 2.0.0 ok\r\n", 100), world.Ask("MAIL FROM:<a@c.test>\r\n" + Repeat("RCPT TO:<b@up.test>\r\n", 99)));
        Assert.Equal(100, server.Commands.Count);
        Assert.Equal(up + 1, world.Server.Near.Sends);
        Assert.Equal(down + 1, world.Client.Near.Sends);
    }

    [Fact]
    public void Rule2_1_AGroupLargerThanTheQueueIsAnsweredWhole()
    {
        using MemoryWorld world = Talking(false, out MailServer server);
        server.Commands.Clear();
        Assert.Equal(Repeat("250 2.0.0 ok\r\n", 1000), world.Ask("MAIL FROM:<a@c.test>\r\n" + Repeat("RCPT TO:<b@up.test>\r\n", 999)));
        Assert.Equal(1000, server.Commands.Count);
    }

    [Fact]
    public void Rule6_1_AnUpstreamThatTakesNothingIsTimedOut()
    {
        using MemoryWorld world = Talking(false, out _);
        world.Ask("MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n");
        world.Server.Near.Window = 0;
        world.Client.Say(Repeat(Letter, 4000));
        world.Run();
        world.After(TimeSpan.FromMinutes(2.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromMinutes(0.2));
        Assert.StartsWith("421 4.4.2 ", world.Client.Hear(), StringComparison.Ordinal);
        Assert.True(world.Server.Near.WasReset);
    }

    static string Trickle(MemoryWorld world, int window, Func<string, bool> isAll)
    {
        string heard = "";
        for (int turn = 0; !isAll(heard); turn++)
        {
            Assert.True(turn < 10_000, heard);
            world.Client.Near.Window = window;
            world.Server.Near.Window = window;
            world.Run();
            heard += world.Client.Hear();
        }
        return heard;
    }

    static string Repeat(string words, int times) => string.Concat(Enumerable.Repeat(words, times));

    static MemoryWorld Talking(bool clientTls, out MailServer server)
    {
        MemoryWorld world = new(new WorldOptions { Client = clientTls ? TlsMode.Implicit : TlsMode.None });
        MailServer serving = server = new();
        world.OnDial = p => serving.Serve(p);
        world.Connect();
        if (clientTls)
            world.ClientShakes();
        world.Run();
        world.Client.Hear();
        world.Ask("EHLO c.test\r\n");
        return world;
    }
}
