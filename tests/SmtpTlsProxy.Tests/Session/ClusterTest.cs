using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>Failover, health and circuits as sessions meet them. Nothing here happens once a client was greeted.</summary>
public class ClusterTest
{
    static readonly IPEndPoint s_a = IPEndPoint.Parse("10.0.0.2:25");
    static readonly IPEndPoint s_b = IPEndPoint.Parse("10.0.0.3:25");
    static readonly IPEndPoint s_c = IPEndPoint.Parse("10.0.0.4:25");

    [Fact]
    public void AGreetingOf4xxIsTheNextDestinationsTurn_Rule4_6()
    {
        using MemoryWorld world = Of(2);
        MailServer server = new();
        world.OnDial = p => server.Serve(p, world.Dialler.Dialled.Count == 1 ? "450 4.3.2 a.test busy\r\n" : "220 b.test ESMTP\r\n");
        Connect(world);
        Assert.Equal("220 b.test ESMTP\r\n", world.Client.Hear());
        Assert.True(world.Servers[0].Near.IsClosed);
        Assert.Equal(1, world.Counted("""upstream_retries_total{upstream="up",destination="a",result="greeting"}"""));
        Assert.Equal(0, world.Counted("""upstream_sessions{upstream="up",destination="a"}"""));
        Assert.Equal(1, world.Counted("""upstream_sessions{upstream="up",destination="b"}"""));
    }

    [Fact]
    public void TheLast4xxGreetingIsRelayed_Rule4_6()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => p.Say($"421 4.3.2 number {world.Dialler.Dialled.Count} is busy\r\n");
        Connect(world);
        Assert.Equal("421 4.3.2 number 2 is busy\r\n", world.Client.Hear());
        Assert.Equal(0, world.Counted("""upstream_sessions{upstream="up",destination="a"}"""));
    }

    [Fact]
    public void AGreetingOf5xxIsRelayedAndNobodyElseIsTried_Rule4_6()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => p.Say("554 5.7.1 not for you\r\n");
        Connect(world);
        Assert.Equal("554 5.7.1 not for you\r\n", world.Client.Hear());
        Assert.Equal([s_a], world.Dialler.Dialled);
    }

    [Fact]
    public void ADestinationThatIsSilentLeavesTheOthersTheirTime_Rule6_1()
    {
        using MemoryWorld world = Of(2);
        MailServer server = new();
        world.OnDial = p => { if (world.Dialler.Dialled.Count == 2) server.Serve(p, "220 b.test\r\n"); };
        world.Connect();
        world.After(TimeSpan.FromSeconds(9.9));
        Assert.Equal([s_a], world.Dialler.Dialled);
        world.After(TimeSpan.FromSeconds(0.2));
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal("220 b.test\r\n", world.Client.Hear());
    }

    [Fact]
    public void NobodyElseIsTriedOnceTheClientWasGreeted()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => new MailServer().Serve(p);
        world.Connect();
        world.Client.Hear();
        world.Server.Reset();
        world.Run();
        Assert.Equal("421 4.4.2 Connection to the server was lost\r\n", world.Client.Hear());
        Assert.Equal([s_a], world.Dialler.Dialled);
    }

    [Fact]
    public void WhoFailsThreeTimesIsLeftAlone_AndTriedAgainLater()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => new MailServer().Serve(p);
        for (int i = 0; i < 3; i++)
        {
            world.Dialler.Errors.Enqueue(DialError.Refused);
            Quit(world);
        }
        Assert.Equal([s_a, s_b, s_a, s_b, s_a, s_b], world.Dialler.Dialled);
        Assert.Equal(0, world.Counted("""upstream_destination_up{upstream="up",destination="a"}"""));
        Assert.Equal("down", world.Route.Sessions.HealthOf("up", "a"));
        Assert.Contains("is down for sessions, refused", Assert.Single(world.Route.Said));
        AreAvailable(world, 1);
        Quit(world);
        Assert.Equal(s_b, world.Dialler.Dialled[^1]);
        Assert.Equal(7, world.Dialler.Dialled.Count);
        world.Clock.Advance(TimeSpan.FromSeconds(31));
        AreAvailable(world, 2);
        Quit(world);
        Assert.Equal(s_a, world.Dialler.Dialled[^1]);
        Assert.Equal(1, world.Counted("""upstream_destination_up{upstream="up",destination="a"}"""));
    }

    [Fact]
    public void WhereAllAreDownTheyAreTriedRatherThanRefused_AndThatIsCounted()
    {
        using MemoryWorld world = Of(2);
        for (int i = 0; i < 6; i++)
            world.Dialler.Errors.Enqueue(DialError.Refused);
        for (int i = 0; i < 3; i++)
            Fail(world);
        Assert.Equal(0, world.Counted("""upstream_destination_up{upstream="up",destination="a"}"""));
        Assert.Equal(0, world.Counted("""upstream_destination_up{upstream="up",destination="b"}"""));
        Assert.Equal(0, world.Counted("""upstream_panic_total{upstream="up"}"""));
        world.OnDial = p => new MailServer().Serve(p);
        Quit(world);
        Assert.Equal(1, world.Counted("""upstream_panic_total{upstream="up"}"""));
    }

    [Fact]
    public void TheOnlyDestinationIsNeverRefused()
    {
        using MemoryWorld world = Of(1);
        for (int i = 0; i < 30; i++)
        {
            world.Dialler.Errors.Enqueue(DialError.Refused);
            Fail(world);
        }
        Assert.Equal(30, world.Dialler.Dialled.Count);
        Assert.Equal(0, world.Counted("""upstream_circuit_open{upstream="up",destination="a"}"""));
        Assert.Equal(27, world.Counted("""upstream_panic_total{upstream="up"}"""));
    }

    [Fact]
    public void AnOpenCircuitIsPassedOver_AndClosesWhenASessionWasServed()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => new MailServer().Serve(p);
        Flap(world);
        Assert.Equal(1, world.Counted("""upstream_circuit_open{upstream="up",destination="a"}"""));
        Assert.Equal(1, world.Counted("""upstream_destination_up{upstream="up",destination="a"}"""));
        Assert.Equal("circuit open", world.Route.Sessions.HealthOf("up", "a"));
        Quit(world);
        Assert.Equal(s_b, world.Dialler.Dialled[^1]);
        world.Clock.Advance(TimeSpan.FromSeconds(16));
        Quit(world);
        Assert.Equal(s_a, world.Dialler.Dialled[^1]);
        Assert.Equal(0, world.Counted("""upstream_circuit_open{upstream="up",destination="a"}"""));
    }

    [Fact]
    public void AClientThatLeavesBehindTheBreakClosesNoCircuit()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => new MailServer().Serve(p);
        Break(world, "a");
        world.Clock.Advance(TimeSpan.FromSeconds(16));
        Assert.True(world.Route.Clusters.StandingOf("up", "a").Circuit.TryAsync(
            static _ => ValueTask.FromResult(new Tried(default, ConnectResult.ClientLost, Failed: false)), 0).IsCompletedSuccessfully);
        Assert.Equal("circuit open", world.Route.Sessions.HealthOf("up", "a"));
        world.Clock.Advance(TimeSpan.FromSeconds(16));
        Quit(world);
        Assert.Equal("up", world.Route.Sessions.HealthOf("up", "a"));
    }

    [Fact]
    public void WhereEveryCircuitIsOpenOneIsTriedRatherThanRefused()
    {
        using MemoryWorld world = Of(2);
        world.OnDial = p => new MailServer().Serve(p);
        Break(world, "a");
        Break(world, "b");
        Quit(world);
        Assert.Equal([s_a], world.Dialler.Dialled);
        Assert.Equal(1, world.Counted("""upstream_panic_total{upstream="up"}"""));
        Assert.Equal("circuit open", world.Route.Sessions.HealthOf("up", "b"));
    }

    [Fact]
    public void AFailureThatIsTheClientsOwnTakesNobodyOut()
    {
        using MemoryWorld world = Of(2);
        for (int i = 0; i < 10; i++)
        {
            world.OnDial = p => p.Say("554 5.7.1 not for you\r\n");
            Connect(world);
            world.Client.End();
            world.After(TimeSpan.FromSeconds(2));
            world.After(TimeSpan.FromSeconds(3));
        }
        Assert.Equal("up", world.Route.Sessions.HealthOf("up", "a"));
        Assert.Equal(Enumerable.Repeat(s_a, 10), world.Dialler.Dialled);
    }

    [Fact]
    public void ThePauseBeforeTheNextServerIsShortAndEndsWithTheClient()
    {
        using MemoryWorld world = Of(3);
        world.Dialler.Errors.Enqueue(DialError.Refused);
        world.Connect();
        world.Client.Reset();
        world.After(TimeSpan.FromSeconds(1));
        Assert.InRange(world.Dialler.Dialled.Count, 1, 2);
        Assert.Equal(EndReason.ClientLost, world.End.Reason);
        Assert.DoesNotContain(s_c, world.Dialler.Dialled);
    }

    [Fact]
    public void WhyNoServerWasHadIsInTheLogByItsWord()
    {
        using MemoryWorld world = Of(2);
        world.Dialler.Errors.Enqueue(DialError.Refused);
        world.Dialler.Errors.Enqueue(DialError.Unreachable);
        Fail(world);
        world.Route.Dispose();
        Assert.Contains("\"upstream_connect\":\"unreachable\",\"upstream_retries\":1", world.Route.Lines.ToString());
    }

    // Fails and is served by turns: three in a row it never fails.
    static void Flap(MemoryWorld world)
    {
        for (int i = 0; i < 10; i++)
        {
            if (i % 2 == 1)
                world.Dialler.Errors.Enqueue(DialError.Refused);
            Quit(world);
        }
    }

    static void Connect(MemoryWorld world)
    {
        world.Connect();
        for (int i = 0; i < 4; i++)
            world.After(TimeSpan.FromMilliseconds(100));              // between two servers there is a pause
    }

    // YARP decides on the pool who is available.
    static void AreAvailable(MemoryWorld world, int count) => Assert.True(
        SpinWait.SpinUntil(() => world.Route.Clusters.Available(world.Route.Of.Upstream.Configuration).Count == count, TimeSpan.FromSeconds(20)));

    static void Break(MemoryWorld world, string destination)
    {
        for (int i = 0; i < 10; i++)
        {
            Assert.True(world.Route.Clusters.StandingOf("up", destination).Circuit.TryAsync(
                static _ => ValueTask.FromResult(new Tried(default, ConnectResult.Refused, Failed: true)), 0).IsCompletedSuccessfully);
        }
        Assert.Equal("circuit open", world.Route.Sessions.HealthOf("up", destination));
    }

    static void Quit(MemoryWorld world)
    {
        Connect(world);
        Assert.StartsWith("220 ", world.Client.Hear());
        world.Ask("QUIT\r\n");
        world.Client.End();
        world.Run();
        Assert.Equal(EndReason.Quit, world.End.Reason);
    }

    static void Fail(MemoryWorld world)
    {
        Connect(world);
        Assert.StartsWith("421 ", world.Client.Hear());
        world.Client.End();
        world.Run();
        Assert.True(world.Session.IsCompleted);
    }

    static MemoryWorld Of(int destinations) => new(new WorldOptions
    {
        Server = u => u with
        {
            Destinations = [.. Enumerable.Range(0, destinations).Select(i => new DestinationConfiguration($"{(char)('a' + i)}", DestinationKind.Tcp, $"10.0.0.{2 + i}", 25))],
        },
    });
}
