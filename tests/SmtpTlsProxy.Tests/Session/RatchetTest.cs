using System.Text.Json;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Tls.Ratchets;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Rule 4.5: a server that is less safe than before. What is counted, told, refused; and that nothing leaves in the clear where it is enforced.</summary>
public class RatchetTest
{
    const string Greeted = "220 proxy.test ESMTP\r\n";
    const string Weakened = "421 4.7.5 Server is less safe than before\r\n";

    static readonly TlsCertificate s_good = TestCertificates.Shared.For(WorldOptions.ServerName);
    static readonly TlsCertificate s_other = new TestCertificates("Stranger").For(WorldOptions.ServerName);

    public static TheoryData<string, TlsMode, string, ReportOnly> Attacks => [.. from attack in new[] { "strip", "refuse", "swap", "version", "none" }
                                                                                from tls in new[] { TlsMode.Opportunistic, TlsMode.Required }
                                                                                from ratchet in Enum.GetNames<Ratchet>()
                                                                                from report in new[] { ReportOnly.None, ReportOnly.Ratchet, ReportOnly.Required | ReportOnly.Verification }
                                                                                select new TheoryDataRow<string, TlsMode, string, ReportOnly>(attack, tls, ratchet, report)];

    [Theory, MemberData(nameof(Attacks))]
    public void Rule4_5_WhatIsLostIsCountedAndWithEnforceRefused(string attack, TlsMode tls, string word, ReportOnly report)
    {
        Ratchet ratchet = Enum.Parse<Ratchet>(word);
        using MemoryWorld world = World(tls, ratchet, report);
        Assert.Equal(Greeted, Meet(world, ""));
        string heard = Meet(world, attack);

        bool isLost = attack is not "none", isStripped = attack is "strip" or "refuse";
        bool requires = tls is TlsMode.Required && report is not (ReportOnly.Required | ReportOnly.Verification);
        bool byRequired = requires && (isStripped || attack is "swap");
        bool byRatchet = isLost && !byRequired && ratchet is Ratchet.Enforce && report is not ReportOnly.Ratchet;
        Assert.Equal(byRequired ? isStripped ? "421 4.7.4 Server offers no TLS\r\n" : "421 4.7.5 Certificate of the server was not verified\r\n" : byRatchet ? Weakened : Greeted, heard);
        Assert.Equal(isStripped && ratchet is not Ratchet.Disabled ? 1 : 0, world.Counted("""upstream_starttls_total{upstream="up",outcome="stripped"}"""));
        Assert.Equal(isStripped ? 1 : 0, world.Counted($$"""upstream_starttls_total{upstream="up",outcome="{{(attack is "strip" ? "not_offered" : "refused")}}"}"""));
        Assert.Equal(byRatchet ? 1 : 0, Decisions(world, "refused"));
        Assert.Equal(isLost && ratchet is not Ratchet.Disabled && !byRequired && !byRatchet ? 1 : 0, Decisions(world, "would_refuse"));

        (int now, int best) = attack switch { "strip" or "refuse" => (0, 2), "swap" => (1, 2), _ => (2, 2) };
        Assert.Equal(ratchet is Ratchet.Disabled ? 0 : now, world.Counted("""upstream_security_level{upstream="up"}"""));
        Assert.Equal(ratchet is Ratchet.Disabled ? 0 : best, world.Counted("""upstream_security_level_best{upstream="up"}"""));
        AssertToldAs(world, isLost && ratchet is not Ratchet.Disabled ? isStripped ? "stripped" : "weakened" : null, byRequired || byRatchet);
        if (byRequired || byRatchet)
            Assert.DoesNotMatch("MAIL|AUTH|DATA|HELP", world.SentUpstream);
    }

    [Fact]
    public void Rule4_5_AServerThatGetsBetterIsNoLossAndIsHeldToItFromThenOn()
    {
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Enforce);
        Assert.Equal(Greeted, Meet(world, "strip"));
        Assert.Equal(Greeted, Meet(world, "version"));
        Assert.Equal(Weakened, Meet(world, "swap"));                  // its version is newer, and its certificate no longer good
        Assert.Equal(Greeted, Meet(world, ""));
        Assert.Equal(Weakened, Meet(world, "version"));
        Assert.Equal(Weakened, Meet(world, "strip"));
        Assert.Equal(Greeted, Meet(world, ""));
    }

    [Fact]
    public void Rule4_5_AnEnforcedRatchetNeverSendsAPasswordInTheClear()
    {
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Report);
        Meet(world, "");
        Assert.Equal(Greeted, Meet(world, "strip"));
        Assert.DoesNotContain("AUTH", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
        Assert.Equal("538 5.7.11 Encryption required for authentication\r\n", world.Ask("AUTH PLAIN AGEAYg==\r\n"));
        Assert.DoesNotContain("AUTH", world.SentUpstream, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule4_5_ALossThatGoesOnIsToldAgainButNotForEverySession()
    {
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Report);
        Meet(world, "");
        for (int time = 0; time < 30; time++)
        {
            Meet(world, time % 2 == 0 ? "strip" : "");
            world.After(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(15, Decisions(world, "would_refuse"));
        Leave(world);
        Assert.Equal(4, world.Route.LinesWith("\"Loss\":").Count);
    }

    [Fact]
    public void WhatWasSeenBeforeARestartHolds()
    {
        SecurityMemory memory = new(TimeProvider.System);
        memory.Recall([new("up", "a", "10.0.0.2:25", new SeenSecurity(UpstreamSecurity.Unverified, "TLSv1.2"), default, new SeenSecurity(UpstreamSecurity.Unverified, "TLSv1.2"), default)]);
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Enforce, memory: memory);
        Assert.Equal(Weakened, Meet(world, "strip"));
    }

    [Fact]
    public void AnotherAddressIsAnotherServer()
    {
        SecurityMemory memory = new(TimeProvider.System);
        memory.Recall([new("up", "a", "10.0.0.9:25", new SeenSecurity(UpstreamSecurity.Verified, "TLSv1.3"), default, new SeenSecurity(UpstreamSecurity.Verified, "TLSv1.3"), default)]);
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Enforce, memory: memory);
        Assert.Equal(Greeted, Meet(world, "strip"));
    }

    [Fact]
    public void OriginalDestinationsAreNotRemembered()
    {
        SecurityMemory memory = new(TimeProvider.System);
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Enforce, memory: memory, change: u => u with { Destinations = [new DestinationConfiguration("a", DestinationKind.Original, "original", 0)] });
        Assert.Equal(Greeted, Meet(world, ""));
        Assert.Equal(Greeted, Meet(world, "strip"));
        Assert.Empty(memory.Snapshot());
    }

    [Fact]
    public void Rule4_5_ADestinationThatIsRefusedLeavesTheOther()
    {
        using MemoryWorld world = World(TlsMode.Opportunistic, Ratchet.Enforce, change: u => u with { Destinations = [.. u.Destinations, new DestinationConfiguration("b", DestinationKind.Tcp, "10.0.0.3", 25)] });
        Meet(world, "");
        int dialled = 0;
        string atOnce = Meet(world, () => dialled++ == 0 ? "strip" : "");
        Assert.Equal(Greeted, atOnce + world.After(TimeSpan.FromMilliseconds(200)).Client.Hear());   // the pause before another one
        Assert.Equal(2, dialled);
        Assert.Equal(1, Decisions(world, "refused"));
    }

    static MemoryWorld World(TlsMode tls, Ratchet ratchet, ReportOnly report = ReportOnly.None, SecurityMemory? memory = null, Func<UpstreamConfiguration, UpstreamConfiguration>? change = null)
    {
        MemoryWorld world = new(new WorldOptions
        {
            Client = TlsMode.Implicit,
            Upstream = tls,
            ReportOnly = report,
            LogLevel = "debug",
            Memory = memory,
            Server = u => (change ?? (same => same))(u with { Ratchet = ratchet }),
        });
        world.OnConnect = _ => world.ClientShakes();
        return world;
    }

    static string Meet(MemoryWorld world, string attack) => Meet(world, () => attack);

    static string Meet(MemoryWorld world, Func<string> attack)
    {
        if (world.Session is not null)
            Leave(world);
        world.OnDial = p =>
        {
            string how = attack();
            MailServer server = new() { StartTls = how is "strip" ? null : ContextOf(world, how) };
            if (how is "refuse")
                server.Instead["STARTTLS"] = "454 4.7.0 not now\r\n";
            server.Offers.Add("AUTH PLAIN");
            server.Serve(p);
        };
        return world.Connect(System.Net.IPEndPoint.Parse("203.0.113.5:25")).Client.Hear();
    }

    static TlsContext ContextOf(MemoryWorld world, string attack) => world.Keep(TlsContext.ForServer(new TlsServerOptions
    {
        Certificates = [attack is "swap" ? s_other : s_good],
        Policy = new() { MaxVersion = attack is "version" ? TlsVersion.Tls12 : null },
    }));

    static void Leave(MemoryWorld world)
    {
        world.Client.End();
        world.Run().After(TimeSpan.FromSeconds(20));
    }

    static double Decisions(MemoryWorld world, string action) => world.Counted($$"""policy_decisions_total{listener="mx",upstream="up",rule="ratchet",action="{{action}}"}""");

    static void AssertToldAs(MemoryWorld world, string? loss, bool refused)
    {
        Leave(world);
        IReadOnlyList<string> lines = world.Route.LinesWith("\"Loss\":");
        Assert.Equal(loss is null ? 0 : 1, lines.Count);
        if (loss is null)
            return;
        JsonElement line = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(("Warning", loss, "up", "a", "TLSv1.3, certificate verified", refused ? "refused" : "the session goes on"), (Text("@l"), Text("Loss"), Text("Upstream"), Text("Destination"), Text("Best"), Text("Decision")));

        string Text(string field) => line.GetProperty(field).GetString()!;
    }
}
