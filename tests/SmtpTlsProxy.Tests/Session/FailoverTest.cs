using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Another destination is tried as long as nothing was relayed, on the session's own loop (every leg asserts it).</summary>
public class FailoverTest
{
    static readonly IPEndPoint s_a = IPEndPoint.Parse("10.0.0.2:25");
    static readonly IPEndPoint s_b = IPEndPoint.Parse("10.0.0.3:25");
    static readonly IPEndPoint s_c = IPEndPoint.Parse("10.0.0.4:25");

    [Fact]
    public void TheSecondDestinationIsUsedWhereTheFirstRefuses()
    {
        using MemoryWorld world = Three(TlsMode.None);
        world.Dialler.Errors.Enqueue(DialError.Refused);
        MailServer server = new();
        world.OnDial = p => server.Serve(p);
        Connect(world);
        Assert.Equal("220 up.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal([s_a, s_b], world.Dialler.Dialled);
        Assert.Equal("250 2.0.0 ok\r\n", world.Ask("NOOP\r\n"));
        Assert.Equal(1, world.Counted("""upstream_connects_total{upstream="up",destination="a",result="refused"}"""));
        Assert.Equal(1, world.Counted("""upstream_connects_total{upstream="up",destination="b",result="ok"}"""));
        Assert.Equal(0, world.Counted("""upstream_sessions{upstream="up",destination="a"}"""));
        Assert.Equal(1, world.Counted("""upstream_sessions{upstream="up",destination="b"}"""));
        world.Ask("QUIT\r\n");
        world.Client.End();
        world.Run();
        Assert.Equal(0, world.Counted("""upstream_sessions{upstream="up",destination="b"}"""));
    }

    [Fact]
    public void TheLastWordIsToldWhereAllRefuse()
    {
        using MemoryWorld world = Three(TlsMode.None);
        foreach (DialError error in (DialError[])[DialError.Refused, DialError.Timeout, DialError.Unreachable])
            world.Dialler.Errors.Enqueue(error);
        Connect(world);
        Assert.Equal("421 4.4.1 No connection to the server\r\n", world.Client.Hear());
        Assert.Equal([s_a, s_b, s_c], world.Dialler.Dialled);
    }

    [Fact]
    public void ADestinationThatCannotBeMadeSafeIsLeftForAnother()
    {
        using MemoryWorld world = Three(TlsMode.Required);
        TlsContext wrong = world.ServerContext(TestCertificates.Shared.For("other.test"));
        TlsContext right = world.ServerContext(TestCertificates.Shared.For(WorldOptions.ServerName));
        world.OnDial = p => new MailServer
        {
            StartTls = world.Dialler.Dialled.Count switch { 1 => null, 2 => wrong, _ => right },
        }.Serve(p);
        Connect(world);
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Assert.Equal([s_a, s_b, s_c], world.Dialler.Dialled);
        Assert.True(world.Servers[0].Near.IsClosed);
        Assert.True(world.Servers[1].Near.IsClosed);
        Assert.Equal("250 2.0.0 ok\r\n", world.Ask("NOOP\r\n"));
    }

    [Fact]
    public void AllTogetherMustNotTakeLongerThanUpstreamReady_Rule6_1()
    {
        using MemoryWorld world = Three(TlsMode.None);
        world.Dialler.Hangs = true;
        world.Connect();
        world.After(TimeSpan.FromSeconds(10.1));
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal([s_a, s_b], world.Dialler.Dialled);
        world.After(TimeSpan.FromSeconds(10.1));
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal([s_a, s_b, s_c], world.Dialler.Dialled);
        world.After(TimeSpan.FromSeconds(4.6));
        Assert.Equal("421 4.4.2 Server did not answer in time\r\n", world.Client.Hear());
    }

    [Fact]
    public void NobodyElseIsDialledForAClientThatHasLeft()
    {
        using MemoryWorld world = Three(TlsMode.None);
        world.Dialler.Hangs = true;
        world.Connect();
        world.Client.Reset();
        world.Run();
        Assert.Equal([s_a], world.Dialler.Dialled);
        Assert.Equal(EndReason.ClientLost, world.End.Reason);
    }

    [Fact]
    public void NobodyElseIsDialledInADrain()
    {
        using MemoryWorld world = Three(TlsMode.None);
        world.Connect();
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal([s_a], world.Dialler.Dialled);
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear());
    }

    // Between two servers there is a pause.
    static void Connect(MemoryWorld world)
    {
        world.Connect();
        for (int i = 0; i < 4; i++)
            world.After(TimeSpan.FromMilliseconds(100));
    }

    static MemoryWorld Three(TlsMode mode) => new(new WorldOptions
    {
        Upstream = mode,
        Server = u => u with
        {
            Destinations =
            [
                .. u.Destinations,
                new DestinationConfiguration("b", DestinationKind.Tcp, "10.0.0.3", 25),
                new DestinationConfiguration("c", DestinationKind.Tcp, "10.0.0.4", 25),
            ],
        },
    });
}
