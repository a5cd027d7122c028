using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Session;

/// <summary>
/// Rolling out without fear: who stays in the clear is counted, and each strict rule may be named in <c>reportOnly</c>, where it counts what it would
/// refuse and refuses nothing; no password goes in the clear for it. Verification: <see cref="VerificationMatrixTest"/>; the ratchet: <see cref="RatchetTest"/>.
/// </summary>
public class RollOutTest
{
    [Theory]
    [InlineData(TlsMode.Opportunistic, "EHLO c.test\r\n", "not_used", 1)]
    [InlineData(TlsMode.Opportunistic, "EHLO c.test\r\nMAIL FROM:<a@c.test>\r\n", "not_used", 1)]
    [InlineData(TlsMode.Required, "EHLO c.test\r\nMAIL FROM:<a@c.test>\r\n", "not_used", 1)]
    [InlineData(TlsMode.Opportunistic, "EHLO c.test\r\nSTARTTLS\r\n", "used", 1)]
    [InlineData(TlsMode.Opportunistic, "EHLO c.test\r\nSTARTTLS\r\n", "not_used", 0)]
    [InlineData(TlsMode.Opportunistic, "", "not_used", 0)]
    [InlineData(TlsMode.None, "EHLO c.test\r\n", "not_used", 0)]
    public void AClientThatWasOfferedStartTlsAndDidNotUseItIsCountedByListener(TlsMode tls, string says, string outcome, int times)
    {
        using MemoryWorld world = new(new WorldOptions { Client = tls });
        world.OnDial = p => new MailServer().Serve(p);
        world.Connect();
        foreach (string line in says.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
            world.Ask(line + "\r\n");
        if (says.Contains("STARTTLS", StringComparison.Ordinal))
        {
            world.ClientShakes();
            world.Run();
            world.Ask("EHLO c.test\r\n");
        }
        Leave(world);
        Assert.Equal(times, world.Counted($$"""listener_starttls_total{listener="mx",outcome="{{outcome}}"}"""));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void RequiredOnAListener(bool reports)
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Required, ReportOnly = reports ? ReportOnly.Required : ReportOnly.None });
        world.OnDial = p => new MailServer { Offers = { "AUTH PLAIN" } }.Serve(p);
        world.Connect();
        Assert.DoesNotContain("AUTH", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
        Assert.StartsWith(reports ? "250" : "530 5.7.0", world.Ask("MAIL FROM:<a@c.test>\r\n"), StringComparison.Ordinal);
        AssertDecided(world, "required", reports);
        world.Ask("RSET\r\n");
        Assert.StartsWith(reports ? "538 5.7.11" : "530 5.7.0", world.Ask("AUTH PLAIN AGEAYg==\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("AUTH", world.SentUpstream, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void RequiredOnAnUpstream(bool reports)
    {
        using MemoryWorld world = new(new WorldOptions { Client = TlsMode.Implicit, Upstream = TlsMode.Required, ReportOnly = reports ? ReportOnly.Required : ReportOnly.None });
        world.OnConnect = _ => world.ClientShakes();
        world.OnDial = p => new MailServer { Offers = { "AUTH PLAIN" } }.Serve(p);
        world.Connect();
        Assert.Equal(reports ? "220 proxy.test ESMTP\r\n" : "421 4.7.4 Server offers no TLS\r\n", world.Client.Hear());
        AssertDecided(world, "required", reports);
        if (!reports)
            return;
        Assert.DoesNotContain("AUTH", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("538", world.Ask("AUTH PLAIN AGEAYg==\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250", world.Ask("MAIL FROM:<a@c.test>\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("AUTH", world.SentUpstream, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void BareNewlinesThatAreRejected(bool reports)
    {
        using MemoryWorld world = new(new WorldOptions { Listener = l => l with { BareNewlines = BareNewlines.Reject }, ReportOnly = reports ? ReportOnly.BareNewlines : ReportOnly.None });
        world.OnDial = p => new MailServer().Serve(p);
        world.Connect();
        foreach (string line in (string[])["EHLO c.test", "MAIL FROM:<a@c.test>", "RCPT TO:<b@up.test>", "DATA"])
            world.Ask(line + "\r\n");
        Assert.StartsWith(reports ? "250 2.0.0 queued" : "550 5.6.0", world.Ask("a\nb\r\n.\r\n"), StringComparison.Ordinal);
        AssertDecided(world, "bareNewlines", reports);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void EarlyTalkersThatAreRefused(bool reports)
    {
        using MemoryWorld world = new(new WorldOptions { Listener = l => l with { EarlyTalkers = EarlyTalkers.Refuse }, ReportOnly = reports ? ReportOnly.EarlyTalkers : ReportOnly.None });
        world.OnConnect = p => p.Say("EHLO c.test\r\n");
        world.OnDial = p => new MailServer().Serve(p);
        world.Connect();
        Assert.StartsWith(reports ? "220 up.test" : "554 5.5.1", world.Client.Hear(), StringComparison.Ordinal);
        AssertDecided(world, "earlyTalkers", reports);
    }

    static void AssertDecided(MemoryWorld world, string rule, bool reports)
    {
        Assert.Equal(reports ? 1 : 0, world.Counted($$"""policy_decisions_total{listener="mx",upstream="up",rule="{{rule}}",action="would_refuse"}"""));
        Assert.Equal(reports ? 0 : 1, world.Counted($$"""policy_decisions_total{listener="mx",upstream="up",rule="{{rule}}",action="refused"}"""));
    }

    static void Leave(MemoryWorld world)
    {
        world.Client.End();
        world.Run().After(TimeSpan.FromSeconds(20));
    }
}
