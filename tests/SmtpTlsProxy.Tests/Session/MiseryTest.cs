using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>
/// Whatever a server does in place of each of its answers, under each mode: the client hears exactly what the rules name, within the timer that they name,
/// never a 2xx that the server did not say; and whatever the client does meanwhile, nothing is left open.
/// </summary>
public class MiseryTest
{
    const string Lost = "421 4.4.2 Connection to the server was lost\r\n";
    const string NotSmtp = "421 4.5.0 Server broke the protocol\r\n";
    const string NotInTime = "421 4.4.2 Server did not answer in time\r\n";
    const string TimedOut = "421 4.4.2 Timeout\r\n";
    const string Later = "421 4.3.2 Server is not available, try again later\r\n";
    const string NoTls = "421 4.7.4 Server offers no TLS\r\n";
    const string Injected = "421 4.7.5 Server sent octets before TLS was active\r\n";
    const string HandshakeFailed = "421 4.7.5 TLS handshake with the server failed\r\n";
    const string NotVerified = "421 4.7.5 Certificate of the server was not verified\r\n";
    const string Unknown = "451 4.4.2 Connection to the server was lost, try again\r\n";
    const string TooEarly = "451 4.5.0 Server answered before the end of the message\r\n";
    const string Goodbye = "221 2.0.0 Goodbye\r\n";
    const string OwnGreeting = "220 proxy.test ESMTP\r\n";

    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);

    public static TheoryData<TlsMode, Moment, Misery> Table =>
    [
        .. from mode in Enum.GetValues<TlsMode>()
           from moment in Enum.GetValues<Moment>()
           from misery in Enum.GetValues<Misery>()
           where MiserableServer.Has(mode, moment) && MakesSense(moment, misery)
           select (mode, moment, misery),
    ];

    [Theory, MemberData(nameof(Table))]
    public void Rule4_6_TheClientHearsWhatTheRulesNameWithinItsTimer(TlsMode mode, Moment moment, Misery misery)
    {
        using MemoryWorld world = World(mode, out MiserableServer server);
        server.PlayTo(moment);
        server.Suffer(misery, moment);
        if (misery is Misery.Silence or Misery.Trickle)
        {
            server.Pass(LimitOf(moment) - TimeSpan.FromSeconds(1), misery, moment);
            Assert.Equal("", world.Client.Hear());
            server.Pass(TimeSpan.FromSeconds(1), misery, moment);
        }
        Assert.Equal(HeardAt(mode, moment, misery), world.Client.Hear());
        string rest = moment is Moment.Content || (moment, misery) is (Moment.Data, Misery.NotAskedFor) ? world.Ask(".\r\n") : moment is Moment.Dot ? world.Ask("NOOP\r\n") : "";
        Assert.Equal(HeardBehind(moment, misery), rest);
        Assert.DoesNotContain("MAIL", moment < Moment.Mail ? world.SentUpstream : "", StringComparison.Ordinal);
        Leave(world, reset: false);
    }

    [Theory, MemberData(nameof(Table))]
    public void Rule6_5_AClientThatDiesMeanwhileLeavesNothingOpen(TlsMode mode, Moment moment, Misery misery)
    {
        foreach (bool reset in (bool[])[false, true])
        {
            foreach (bool first in (bool[])[false, true])
            {
                using MemoryWorld world = World(mode, out MiserableServer server);
                server.PlayTo(moment);
                if (first)
                    Die(world.Client, reset);                             // both happen before the proxy looks, or the client's death is seen first
                server.Suffer(misery, moment);
                if (!first)
                    Die(world.Client, reset);
                Leave(world, reset);
                Assert.DoesNotContain("\r\n.\r\n", moment is Moment.Content ? world.Server.Hear() : "", StringComparison.Ordinal);
                Assert.True(moment is not Moment.Content || world.Server.Near.WasReset, "a half message was ended in order");
            }
        }
    }

    [Theory]
    [InlineData("15030100020246", HandshakeFailed)]                       // protocol_version
    [InlineData("15030300020228", HandshakeFailed)]                       // handshake_failure
    [InlineData("16030100280200002403010000000000000000000000000000000000000000000000000000000000000000002f000000", HandshakeFailed)]   // TLS 1.0
    [InlineData("16030200280200002403020000000000000000000000000000000000000000000000000000000000000000002f000000", HandshakeFailed)]   // TLS 1.1
    [InlineData("16030000280200002403000000000000000000000000000000000000000000000000000000000000000000002f000000", HandshakeFailed)]   // SSL 3
    [InlineData("32353020322e302e30206f6b0d0a", HandshakeFailed)]         // 250 2.0.0 ok
    [InlineData("0000000000000000000000000000", HandshakeFailed)]
    public void Rule4_6_AServerOfAnotherTlsOrNoneIsAFailedHandshake(string octets, string heard)
    {
        foreach (TlsMode mode in (TlsMode[])[TlsMode.Opportunistic, TlsMode.Required, TlsMode.Implicit])
        {
            using MemoryWorld world = World(mode, out MiserableServer server);
            server.PlayTo(Moment.Handshake);
            world.Server.Say(Convert.FromHexString(octets));
            Assert.Equal(heard, world.Run().Client.Hear());
            Leave(world, reset: false);
        }
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("not yet valid")]
    [InlineData("another name")]
    [InlineData("no name")]
    [InlineData("unknown issuer")]
    [InlineData("self-signed")]
    [InlineData("without its chain")]
    public void Rule4_6_ACertificateThatIsNotInOrderEndsAllButOpportunistic(string wrong)
    {
        foreach (TlsMode mode in (TlsMode[])[TlsMode.Opportunistic, TlsMode.Required, TlsMode.Implicit])
        {
            using MemoryWorld world = World(mode, out _);
            TlsContext context = world.ServerContext(Wrong(wrong));
            MailServer server = new() { StartTls = mode is TlsMode.Implicit ? null : context, Offers = { "AUTH PLAIN" } };
            world.OnDial = p =>
            {
                if (mode is TlsMode.Implicit)
                    p.Shake(context, null);
                server.Serve(p, mode is TlsMode.Implicit ? "" : MiserableServer.Greeting);
            };
            string heard = world.Connect().Client.Hear();
            Assert.Equal(mode is TlsMode.Opportunistic ? OwnGreeting : NotVerified, heard);
            if (mode is TlsMode.Opportunistic)
                Assert.DoesNotContain("AUTH", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
            Leave(world, reset: false);
        }
    }

    static TlsCertificate Wrong(string what)
    {
        TestLeaf good = new() { Names = [WorldOptions.ServerName] };
        return what switch
        {
            "expired" => TestCertificates.Shared.Make(good with { NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
            "not yet valid" => TestCertificates.Shared.Make(good with { NotBefore = new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
            "another name" => TestCertificates.Shared.For("up.test.other.test"),
            "no name" => TestCertificates.Shared.Make(new TestLeaf { CommonName = WorldOptions.ServerName }),
            "unknown issuer" => new TestCertificates("Stranger").For(WorldOptions.ServerName),
            "self-signed" => TestCertificates.SelfSigned(WorldOptions.ServerName),
            _ => TestCertificates.Shared.Make(good with { BelowIntermediate = true, WithoutChain = true }),
        };
    }

    static MemoryWorld World(TlsMode mode, out MiserableServer server)
    {
        MemoryWorld world = new(new WorldOptions { Upstream = mode });
        server = new MiserableServer(world, mode, world.ServerContext(s_up));
        return world;
    }

    // A server says nothing while content comes; and what is no TLS has a table of its own.
    static bool MakesSense(Moment moment, Misery misery) => moment switch
    {
        Moment.Handshake => misery is Misery.Silence or Misery.Trickle or Misery.End or Misery.Reset,
        Moment.Content => misery is not (Misery.Silence or Misery.Trickle),
        _ => true,
    };

    static TimeSpan LimitOf(Moment moment) => moment switch
    {
        <= Moment.Handshake => TimeSpan.FromSeconds(25),
        Moment.Dot => TimeSpan.FromMinutes(11),
        Moment.Quit => TimeSpan.FromSeconds(10),
        _ => TimeSpan.FromMinutes(5),
    };

    static string HeardAt(TlsMode mode, Moment moment, Misery misery) => moment switch
    {
        Moment.Greeting or Moment.OwnEhlo or Moment.StartTls => HeardForGreeting(mode, moment, misery),
        Moment.Handshake => misery is Misery.Silence or Misery.Trickle ? NotInTime : HandshakeFailed,
        Moment.Content => misery is Misery.Says421 ? MiserableServer.Going : "",
        Moment.Dot => HeardForTheDot(misery),
        Moment.Quit => HeardForQuit(misery),
        _ => HeardForACommand(mode, moment, misery),
    };

    static string HeardForGreeting(TlsMode mode, Moment moment, Misery misery) => misery switch
    {
        Misery.Silence or Misery.Trickle => NotInTime,
        Misery.End or Misery.Reset => Lost,
        Misery.Says421 or Misery.Refuses when mode is TlsMode.None or TlsMode.Implicit => misery is Misery.Refuses ? MiserableServer.Refusal : MiserableServer.Going,
        Misery.Says421 => Later,
        Misery.Refuses => moment is Moment.Greeting ? Later : mode is TlsMode.Opportunistic ? OwnGreeting : NoTls,
        Misery.NotAskedFor when mode is TlsMode.None or TlsMode.Implicit => MiserableServer.Greeting + NotSmtp,
        // What stands behind the greeting is taken for the answer to our EHLO: it offers no STARTTLS.
        Misery.NotAskedFor when moment is Moment.Greeting => mode is TlsMode.Opportunistic ? OwnGreeting : NoTls,
        Misery.NotAskedFor => Injected,
        _ => NotSmtp,
    };

    static string HeardForACommand(TlsMode mode, Moment moment, Misery misery) => misery switch
    {
        Misery.Silence or Misery.Trickle => TimedOut,
        Misery.End or Misery.Reset => Lost,
        Misery.Says421 => MiserableServer.Going,
        Misery.Refuses => MiserableServer.Refusal,
        Misery.NotAskedFor when moment is Moment.Data => MiserableServer.OwedAt(mode, moment),
        Misery.NotAskedFor => MiserableServer.OwedAt(mode, moment) + NotSmtp,
        _ => NotSmtp,
    };

    static string HeardForTheDot(Misery misery) => misery switch
    {
        Misery.Says421 => MiserableServer.Going,
        Misery.Refuses => MiserableServer.Refusal,
        Misery.NotAskedFor => "250 2.0.0 queued\r\n" + NotSmtp,
        _ => Unknown,
    };

    static string HeardForQuit(Misery misery) => misery switch
    {
        Misery.Says421 => MiserableServer.Going,
        Misery.Refuses => MiserableServer.Refusal,
        Misery.NotAskedFor => "221 2.0.0 bye\r\n",
        _ => Goodbye,
    };

    // What the client hears to the end of its content, or to its next command.
    static string HeardBehind(Moment moment, Misery misery) => (moment, misery) switch
    {
        (Moment.Data, Misery.NotAskedFor) or (Moment.Content, Misery.NotAskedFor) => TooEarly,
        (Moment.Content, Misery.Refuses) => MiserableServer.Refusal,
        (Moment.Content or Moment.Dot, Misery.End or Misery.Reset) => Lost,
        (Moment.Dot, Misery.Silence or Misery.Trickle) => TimedOut,
        (Moment.Content or Moment.Dot, Misery.NoCode or Misery.HasNul or Misery.TwoCodes or Misery.EndlessLine or Misery.EndlessReply) => NotSmtp,
        _ => "",
    };

    static void Die(Peer client, bool reset)
    {
        if (reset)
            client.Reset();
        else
            client.End();
    }

    static void Leave(MemoryWorld world, bool reset)
    {
        if (!reset)
            world.Client.End();
        for (int minute = 0; minute < 20 && !world.Session.IsCompleted; minute++)
            world.Run().After(minute < 2 ? TimeSpan.FromSeconds(2.1) : TimeSpan.FromMinutes(1));
        Assert.True(world.Run().Session.IsCompleted, "The session goes on.");
        Assert.True(world.Loop.Counts.IsZero, world.Loop.Counts.ToString());
    }
}
