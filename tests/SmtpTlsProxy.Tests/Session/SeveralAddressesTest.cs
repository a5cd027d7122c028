using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Session;

/// <summary>Names with several addresses, which a session tries one behind another (rule 4.6).</summary>
public class SeveralAddressesTest
{
    static readonly DestinationConfiguration s_a = new("a", DestinationKind.Tcp, "a.test", 25);
    static readonly DestinationConfiguration s_b = new("b", DestinationKind.Tcp, "b.test", 25);

    [Fact]
    public void ACircuitThatOpensBetweenTwoAddressesEndsTheSearch()
    {
        using MemoryWorld world = Of(s_a);
        world.OnDial = p => p.Say("421 4.3.2 busy\r\n");
        for (int i = 0; i < 9; i++)
            Assert.True(world.Route.Clusters.StandingOf("up", "a").Circuit.TryAsync(
                static _ => ValueTask.FromResult(new Tried(default, ConnectResult.Refused, Failed: true)), 0).IsCompletedSuccessfully);
        Connect(world);
        Assert.StartsWith("421 ", world.Client.Hear());
        Assert.Equal("circuit open", world.Route.Sessions.HealthOf("up", "a"));
        Assert.Single(world.Dialler.Dialled);
        world.Client.End();
        world.Run();
        Assert.True(world.Session.IsCompletedSuccessfully);
    }

    [Fact]
    public void EachNameHasItsOwnAddressesTried()
    {
        using MemoryWorld world = Of(s_a, s_b);
        world.OnDial = p => p.Say("421 4.3.2 busy\r\n");
        Connect(world);
        Assert.Equal("421 4.3.2 busy\r\n", world.Client.Hear());
        string[] dialled = [.. world.Dialler.Dialled.Select(to => $"{to}").Order()];
        Assert.Equal(["192.0.2.1:25", "192.0.2.2:25", "192.0.2.3:25", "192.0.2.4:25"], dialled);
    }

    // Between two servers there is a pause.
    static void Connect(MemoryWorld world)
    {
        world.Connect();
        for (int i = 0; i < 6; i++)
            world.After(TimeSpan.FromMilliseconds(100));
    }

    static MemoryWorld Of(params DestinationConfiguration[] destinations)
    {
        MemoryWorld world = new(new WorldOptions { Names = new TwoEach(), Server = u => u with { Destinations = destinations } });
        Assert.All(destinations, destination => Assert.True(
            SpinWait.SpinUntil(() => world.Route.Clusters.Names.Of(destination)!.Count == 2, TimeSpan.FromSeconds(20))));
        return world;
    }

    sealed class TwoEach : INameSource
    {
        public Task<NameAnswer> AskAsync(string host, CancellationToken cancel)
        {
            string[] addresses = host == "a.test" ? ["192.0.2.1", "192.0.2.2"] : ["192.0.2.3", "192.0.2.4"];
            return Task.FromResult(NameAnswer.Found([.. addresses.Select(IPAddress.Parse)], TimeSpan.FromHours(1)));
        }
    }
}
