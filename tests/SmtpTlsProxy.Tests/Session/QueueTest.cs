using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Session;

/// <summary>An upstream's cap, and those who wait for a place under it (rule 6.3).</summary>
public class QueueTest
{
    const string Greeting = "220 up.test ESMTP\r\n";
    const string Full = "421 4.3.2 Server is busy, try again later\r\n";

    [Fact]
    public void WhoWaitsIsServedWhenAPlaceIsFree_Rule6_3()
    {
        using MemoryWorld world = Of(connections: 1, queue: 2);
        (Peer first, _) = world.Join();
        (Peer second, _) = world.Join();
        Assert.Equal((Greeting, ""), (first.Hear(), second.Hear()));
        Assert.Equal(1, world.Counted("""upstream_waiting{upstream="up"}"""));
        Leave(world, first);
        Assert.Equal(Greeting, second.Hear());
        Assert.Equal(0, world.Counted("""upstream_waiting{upstream="up"}"""));
        Leave(world, second);
    }

    [Fact]
    public void TheLineIsBounded_Rule6_3()
    {
        using MemoryWorld world = Of(connections: 1, queue: 1);
        Peer[] clients = [.. Enumerable.Range(0, 3).Select(_ => world.Join().Peer)];
        Assert.Equal([Greeting, "", Full], clients.Select(client => client.Hear()));
        Assert.Equal(1, world.Counted("""limit_rejections_total{listener="mx",limit="upstreamConnections"}"""));
        Leave(world, clients[0]);
        Leave(world, clients[1]);
    }

    [Fact]
    public void NobodyWaitsLongerThanUpstreamReady_Rule6_3()
    {
        using MemoryWorld world = Of(connections: 1, queue: 2);
        (Peer first, _) = world.Join();
        (Peer second, Task<SessionEnd> session) = world.Join();
        world.After(TimeSpan.FromSeconds(25.1));
        Assert.Equal(Full, second.Hear());
        Assert.Equal(0, world.Counted("""upstream_waiting{upstream="up"}"""));
        second.End();
        world.Run();
        Assert.True(session.IsCompletedSuccessfully);
        Leave(world, first);
    }

    [Fact]
    public void WhoLeavesTheLineIsNotServed_AndHoldsNobodyUp()
    {
        using MemoryWorld world = Of(connections: 1, queue: 5);
        (Peer first, _) = world.Join();
        (Peer second, Task<SessionEnd> left) = world.Join();
        (Peer third, _) = world.Join();
        second.Reset();
        world.Run();
        Assert.True(left.IsCompletedSuccessfully);
        Leave(world, first);
        Assert.Equal(Greeting, third.Hear());
        Leave(world, third);
    }

    [Fact]
    public void ListenersAreServedByTurns_Rule6_3()
    {
        using MemoryWorld world = Of(connections: 1, queue: 100);
        Peer inside = world.Join().Peer;
        Peer[] crowd = [.. Enumerable.Range(0, 10).Select(_ => world.Join().Peer)];
        Peer[] others = [.. Enumerable.Range(0, 2).Select(_ => world.Join("second").Peer)];
        List<string> order = [];
        for (Peer? next = inside; next is not null; next = Greeted())
            Leave(world, next);
        Assert.Equal("mx second mx second mx mx mx mx mx mx mx mx", string.Join(' ', order));

        Peer? Greeted()
        {
            foreach (Peer peer in (Peer[])[.. crowd, .. others])
            {
                if (peer.Hear() != Greeting)
                    continue;
                order.Add(others.Contains(peer) ? "second" : "mx");
                return peer;
            }
            return null;
        }
    }

    [Fact]
    public void WhatTheLineTookOfTheTimeIsNotBlamedOnTheServer_Rule6_3()
    {
        using MemoryWorld world = Of(connections: 1, queue: 5);
        Peer inside = world.Join().Peer;
        Peer[] line = [.. Enumerable.Range(0, 3).Select(_ => world.Join().Peer)];
        world.OnDial = _ => { };
        world.After(TimeSpan.FromSeconds(20));
        Leave(world, inside);
        world.After(TimeSpan.FromSeconds(5.1));
        Assert.InRange(world.Counted("""upstream_connects_total{upstream="up",destination="a",result="timeout"}"""), 1, 3);
        Assert.All(line, peer => Assert.StartsWith("421 ", peer.Hear()));
        Assert.Equal(0, world.Route.Clusters.StandingOf("up", "a").Failures);
        Array.ForEach(line, peer => peer.End());
        world.Run();
    }

    [Fact]
    public void ADrainEndsTheWait_Rule6_4()
    {
        using MemoryWorld world = Of(connections: 1, queue: 5);
        (Peer first, _) = world.Join();
        (Peer second, _) = world.Join();
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", second.Hear());
        second.End();
        first.End();
        world.Run();
    }

    static void Leave(MemoryWorld world, Peer client)
    {
        client.Say("QUIT\r\n");
        world.Run();
        client.End();
        world.Run();
    }

    static MemoryWorld Of(int connections, int queue)
    {
        MemoryWorld world = new(new WorldOptions
        {
            SecondListener = true,
            Server = u => u with { Limits = u.Limits with { Connections = connections, Queue = queue } },
        });
        world.OnDial = p => new MailServer().Serve(p);
        return world;
    }
}
