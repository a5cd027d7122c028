using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.Legs;

namespace SmtpTlsProxy.Session;

/// <summary>Active checks: their rhythm, their thresholds, and what they do to sessions.</summary>
public sealed class ActiveHealthTest : IDisposable
{
    readonly MemoryWorld _world;
    readonly HashSet<string> _dead = [];
    readonly List<MailServer> _servers = [];

    public ActiveHealthTest()
    {
        _world = new(new WorldOptions
        {
            Server = u => u with
            {
                Health = HealthConfiguration.Default,
                Destinations = [new("a", DestinationKind.Tcp, "10.0.0.2", 25), new("b", DestinationKind.Tcp, "10.0.0.3", 25)],
            },
        });
        _world.OnDial = p =>
        {
            if (_dead.Contains($"{((IPEndPoint)_world.Dialler.Dialled[^1]).Address}"))
                p.Say("421 4.3.2 not now\r\n");
            else
                Add(p);
        };
        _world.Route.Sessions.BeginChecks([_world.Loop], _world.Route.Said.Add);
    }

    public void Dispose() => _world.Dispose();

    [Fact]
    public void ChecksSpeakAsASessionDoes_AtTheirInterval()
    {
        Pass(1.1);
        Assert.Equal(2, _world.Dialler.Dialled.Count);
        Assert.All(_servers, server => Assert.Equal(["EHLO proxy.test", "QUIT"], server.Commands));
        Assert.Equal(1, Checks("a", "ok"));
        Pass(6.7);
        Assert.Equal(1, Checks("a", "ok"));
        Pass(5.4);
        Assert.Equal(2, Checks("a", "ok"));
        Assert.Empty(_world.Route.Said);
    }

    [Fact]
    public void ThreeFailuresTakeADestinationOutAndTwoSuccessesBringItBack()
    {
        _dead.Add("10.0.0.2");
        Checked("a", "greeting", 2);
        Assert.Equal("up", _world.Route.Sessions.HealthOf("up", "a"));
        Checked("a", "greeting", 3);
        Assert.Equal("down", _world.Route.Sessions.HealthOf("up", "a"));
        Assert.Equal(0, _world.Counted("""upstream_destination_up{upstream="up",destination="a"}"""));
        Assert.Contains("down by its checks, greeting", Assert.Single(_world.Route.Said));
        Assert.Null(_world.Route.Sessions.WhyNotWell());
        Session("10.0.0.3");
        _dead.Clear();
        Checked("a", "ok", 1);
        Assert.Equal("down", _world.Route.Sessions.HealthOf("up", "a"));
        Checked("a", "ok", 2);
        Assert.Equal("up", _world.Route.Sessions.HealthOf("up", "a"));
        Session("10.0.0.2");
    }

    [Fact]
    public void AVerdictDoesNotOutliveTheChecks()
    {
        _dead.Add("10.0.0.2");
        Checked("a", "greeting", 3);
        Assert.Equal("down", _world.Route.Sessions.HealthOf("up", "a"));
        _world.Route.Sessions.EndChecks();
        _world.Route.Clusters.Keep([_world.Route.Of.Upstream.Configuration with { Health = null }]);
        Assert.Equal("up", _world.Route.Sessions.HealthOf("up", "a"));
        _world.Route.Metrics.KeepDestinations([("up", "b")]);
        Assert.DoesNotContain("destination=\"a\"", string.Join('\n', Series("upstream_destination_up")));
        Assert.Single(Series("upstream_circuit_open"));
    }

    [Fact]
    public void AWantOfDescriptorsIsNoFailedCheck()
    {
        for (int i = 0; i < 20; i++)
            _world.Dialler.Errors.Enqueue(DialError.NoDescriptor);
        Checked("a", "no_descriptor", 4);
        Assert.Equal("up", _world.Route.Sessions.HealthOf("up", "a"));
    }

    [Fact]
    public void WhereAllAreDownTheProcessIsNotReady_AndSessionsAreTriedAllTheSame()
    {
        _dead.UnionWith(["10.0.0.2", "10.0.0.3"]);
        Checked("a", "greeting", 3);
        Checked("b", "greeting", 3);
        Assert.Equal("all destinations of upstream up are down", _world.Route.Sessions.WhyNotWell());
        Assert.Contains("upstream up, destination a: down", _world.Route.Sessions.HealthLines());
        _dead.Clear();
        Session("10.0.0.2");
        Assert.Equal(1, _world.Counted("""upstream_panic_total{upstream="up"}"""));
    }

    [Fact]
    public void ASilentServerFailsItsCheckInTime()
    {
        _world.OnDial = _ => { };
        Pass(1.1);
        Pass(5.1);
        Assert.Equal(1, Checks("a", "timeout"));
    }

    [Fact]
    public void ADialThatFailsIsToldByItsWord()
    {
        _world.Dialler.Errors.Enqueue(DialError.Refused);
        _world.Dialler.Errors.Enqueue(DialError.Refused);
        Pass(1.1);
        Assert.Equal(1, Checks("a", "refused"));
    }

    [Fact]
    public void ChecksEndWithTheirConfiguration_AndAreNoSessions()
    {
        Pass(1.1);
        Assert.Equal(0, _world.Loop.Sessions);
        _world.Route.Sessions.EndChecks();
        Pass(60);
        Assert.Equal(2, _world.Dialler.Dialled.Count);
    }

    void Checked(string destination, string result, int times)
    {
        for (int second = 0; Checks(destination, result) < times; second++)
        {
            Assert.True(second < 100);
            Pass(1);
        }
    }

    double Checks(string destination, string result) => _world.Counted($$"""upstream_health_checks_total{upstream="up",destination="{{destination}}",result="{{result}}"}""");

    IEnumerable<string> Series(string name) => _world.Route.Metrics.ExportTextAsync().GetAwaiter().GetResult().Split('\n')
        .Where(line => line.StartsWith(Telemetry.Instruments.Prefix + name + "{", StringComparison.Ordinal));

    void Pass(double seconds)
    {
        for (; seconds > 0; seconds -= 0.1)
            _world.After(TimeSpan.FromSeconds(0.1));
    }

    void Session(string expected)
    {
        Peer client = _world.Join().Peer;
        Assert.Equal("220 up.test ESMTP\r\n", client.Hear());
        Assert.Equal(expected, $"{((IPEndPoint)_world.Dialler.Dialled[^1]).Address}");
        client.Say("QUIT\r\n");
        client.End();
        _world.Run();
    }

    void Add(Peer peer)
    {
        MailServer server = new();
        _servers.Add(server.Serve(peer));
    }
}
