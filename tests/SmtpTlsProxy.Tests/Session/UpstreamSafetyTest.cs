using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>Each way an upstream leg cannot be made safe, and what the client is told instead of a greeting.</summary>
public class UpstreamSafetyTest
{
    const string Greeting = "220 up.test ESMTP\r\n";
    const string OffersStartTls = "250-up.test\r\n250 STARTTLS\r\n";
    const string Ready = "220 2.0.0 ready\r\n";

    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);
    static readonly TlsCertificate s_other = TestCertificates.Shared.For("other.test");
    static readonly TlsCertificate s_stranger = new TestCertificates("Stranger").For(WorldOptions.ServerName);

    static readonly TlsCertificate s_expired = TestCertificates.Shared.Make(new TestLeaf
    {
        Names = [WorldOptions.ServerName],
        NotAfter = new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero),
    });

    [Fact]
    public void Rule4_6_StartTlsThatIsNotOfferedIs421_4_7_4() =>
        Told("421 4.7.4 Server offers no TLS\r\n", EndReason.Policy, Greeting, "EHLO proxy.test\r\n", "250-up.test\r\n250 HELP\r\n");

    [Fact]
    public void Rule4_6_AServerThatKnowsNoEhloIs421_4_7_4() =>
        Told("421 4.7.4 Server offers no TLS\r\n", EndReason.Policy, Greeting, "EHLO proxy.test\r\n", "500 5.5.2 what\r\n");

    [Fact]
    public void Rule4_6_StartTlsThatIsRefusedIs421_4_7_4() =>
        Told("421 4.7.4 Server offers no TLS\r\n", EndReason.Policy, Greeting, "EHLO proxy.test\r\n", OffersStartTls, "STARTTLS\r\n", "454 4.7.0 not now\r\n");

    [Fact]
    public void Rule4_2_ARefusalInTheClearIs421_4_3_2AndNoBounce() =>
        Told("421 4.3.2 Server is not available, try again later\r\n", EndReason.NoUpstream, "554 5.7.1 go away\r\n");

    [Fact]
    public void Rule4_6_WhatIsNotSmtpIs421_4_5_0() =>
        Told("421 4.5.0 Server broke the protocol\r\n", EndReason.NoUpstream, "SSH-2.0-OpenSSH_9.2\r\n");

    [Fact]
    public void Rule4_3_OctetsBehindTheEhloAnswerAreAnInjection() =>
        Told("421 4.7.5 Server sent octets before TLS was active\r\n", EndReason.Policy, Greeting, "EHLO proxy.test\r\n", OffersStartTls + "220 x\r\n");

    [Fact]
    public void Rule4_3_OctetsBehindTheGreetingAreTheAnswerToOurEhloAndNoMore()
    {   // what came too early is taken for the answer; what is left over then is not asked for
        using MemoryWorld world = Required();
        world.OnDial = p => p.Say(Greeting + OffersStartTls + OffersStartTls);
        world.Connect();
        Assert.Equal("421 4.7.5 Server sent octets before TLS was active\r\n", world.Client.Hear());
        Assert.DoesNotContain("STARTTLS", world.SentUpstream, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule4_3_OctetsBehindThe220AreAnInjectionWhereverTheyBegin()
    {
        for (int length = 1; length <= Greeting.Length; length++)
        {
            using MemoryWorld world = Required();
            world.Connect();
            world.Answer(Greeting);
            world.Answer(OffersStartTls);
            Assert.Equal("421 4.7.5 Server sent octets before TLS was active\r\n", world.Answer(Ready + Greeting[..length]));
            Assert.Equal(1, world.Counted("""upstream_starttls_total{upstream="up",outcome="injection"}"""));
            Assert.Equal(1, world.Counted("""protocol_violations_total{listener="mx",leg="upstream",kind="starttls_injection"}"""));
            Assert.Equal("EHLO proxy.test\r\nSTARTTLS\r\n", world.SentUpstream);
            Assert.True(world.Server.Near.IsClosed);
        }
    }

    [Fact]
    public void Rule4_3_OctetsThatAreThereBehindThe220AreFoundWhereverTheSegmentsAreCut()
    {   // both segments are in before the proxy runs, as a kernel would have them
        byte[] all = System.Text.Encoding.ASCII.GetBytes(Ready + "250 x\r\n");
        for (int at = 1; at < all.Length; at++)
        {
            using MemoryWorld world = Required();
            world.Connect();
            world.Answer(Greeting);
            world.Answer(OffersStartTls);
            world.Server.Near.Feed(all.AsSpan(0, at));
            world.Server.Near.Feed(all.AsSpan(at));
            Assert.Equal("421 4.7.5 Server sent octets before TLS was active\r\n", world.Run().Client.Hear());
            Assert.Equal("EHLO proxy.test\r\nSTARTTLS\r\n", world.SentUpstream);
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(5)]
    public void Rule4_3_PlaintextInPlaceOfAServerHelloIsAFailedHandshake(int late)
    {   // too late to be seen before the handshake: then OpenSSL reads it, and nobody else ever does
        using MemoryWorld world = Required();
        world.Connect();
        world.Answer(Greeting);
        world.Answer(OffersStartTls);
        world.Answer(Ready);
        world.After(TimeSpan.FromSeconds(late));
        Assert.Equal("421 4.7.5 TLS handshake with the server failed\r\n", world.Answer("250 2.0.0 injected\r\n"));
    }

    [Theory, InlineData("name"), InlineData("issuer"), InlineData("expired")]
    public void Rule4_6_ACertificateThatIsNotVerifiedIs421_4_7_5(string wrong)
    {
        TlsCertificate shown = wrong switch { "name" => s_other, "issuer" => s_stranger, _ => s_expired };
        foreach (TlsMode mode in (TlsMode[])[TlsMode.Required, TlsMode.Implicit])
        {
            using MemoryWorld world = new(new WorldOptions { Upstream = mode });
            Shaking(world, shown, mode);
            world.Connect();
            Assert.Equal("421 4.7.5 Certificate of the server was not verified\r\n", world.Client.Hear());
            string result = wrong switch { "name" => "name", "issuer" => "untrusted", _ => "expired" };
            Assert.Equal(1, world.Counted($$"""upstream_tls_handshakes_total{upstream="up",result="{{result}}"}"""));
            world.Client.End();
            Assert.Equal(EndReason.Policy, world.Run().End.Reason);
        }
    }

    [Theory, InlineData("name"), InlineData("issuer"), InlineData("expired")]
    public void Rule4_4_VerificationThatOnlyReportsGoesOnWithoutAuth(string wrong)
    {
        TlsCertificate shown = wrong switch { "name" => s_other, "issuer" => s_stranger, _ => s_expired };
        using MemoryWorld world = new(new WorldOptions { Upstream = TlsMode.Required, ReportOnly = ReportOnly.Verification, Listener = WithAuth });
        Shaking(world, shown, TlsMode.Required, "AUTH PLAIN");
        world.Connect();
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
        Assert.DoesNotContain("AUTH", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
        Assert.Equal(1, world.Counted("""policy_decisions_total{listener="mx",upstream="up",rule="verification",action="would_refuse"}"""));
    }

    [Fact]
    public void Rule4_6_AHandshakeThatIsNotAnsweredIs421_4_4_2()
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Upstream = TlsMode.Required,
            Server = u => u with { Timeouts = u.Timeouts with { Handshake = TimeSpan.FromSeconds(7) } },
        });
        world.Connect();
        world.Answer(Greeting);
        world.Answer(OffersStartTls);
        world.Answer(Ready);
        world.After(TimeSpan.FromSeconds(6.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromSeconds(0.3));
        Assert.Equal("421 4.4.2 Server did not answer in time\r\n", world.Client.Hear());
        Assert.True(world.Server.Near.IsClosed);
        Assert.Equal(1, world.Counted("""upstream_tls_handshakes_total{upstream="up",result="timeout"}"""));
        world.After(TimeSpan.FromSeconds(3));
        Assert.Equal(EndReason.Timeout, world.End.Reason);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Rule6_1_AllTogetherMustNotTakeLongerThanUpstreamReady(int steps)
    {
        using MemoryWorld world = Required();
        world.Connect();
        foreach (string words in (string[])[.. ((string[])[Greeting, OffersStartTls, Ready]).Take(steps)])
        {
            world.After(TimeSpan.FromSeconds(6));
            Assert.Equal("", world.Answer(words));
        }
        world.After(TimeSpan.FromSeconds(24.9 - (6 * steps)));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal("421 4.4.2 Server did not answer in time\r\n", world.Client.Hear());
    }

    [Theory, InlineData(DialError.Refused), InlineData(DialError.Unreachable), InlineData(DialError.NoDescriptor), InlineData(DialError.Other)]
    public void Rule4_6_AConnectionThatIsNotHadIs421_4_4_1(DialError error)
    {
        using MemoryWorld world = Required();
        world.Dialler.Errors.Enqueue(error);
        world.Connect();
        Assert.Equal("421 4.4.1 No connection to the server\r\n", world.Client.Hear());
        Assert.Equal(1, world.Counted($$"""upstream_connects_total{upstream="up",destination="a",result="{{Snake(error)}}"}"""));
    }

    [Fact]
    public void Rule4_6_AConnectionThatIsNotHadInTimeIs421_4_4_2()
    {
        using MemoryWorld world = Required();
        world.Dialler.Hangs = true;
        world.Connect().After(TimeSpan.FromSeconds(14.9));
        Assert.Equal("", world.Client.Hear());
        world.After(TimeSpan.FromSeconds(0.2));
        Assert.Equal("421 4.4.2 Server did not answer in time\r\n", world.Client.Hear());
    }

    [Fact]
    public void Rule4_6_NoAddressIs421_4_4_3()
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Server = u => u with { Destinations = [new DestinationConfiguration("a", DestinationKind.Original, "original", 0)] },
        });
        world.Connect(original: null);
        Assert.Equal("421 4.4.3 No address for the server\r\n", world.Client.Hear());
        Assert.Empty(world.Dialler.Dialled);
    }

    [Fact]
    public void TheOriginalDestinationIsDialled()
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Server = u => u with { Destinations = [new DestinationConfiguration("a", DestinationKind.Original, "original", 0)] },
        });
        world.Connect(IPEndPoint.Parse("203.0.113.5:25"));
        Assert.Equal([IPEndPoint.Parse("203.0.113.5:25")], world.Dialler.Dialled);
        Assert.Equal(Greeting, world.Answer(Greeting));
    }

    [Fact]
    public void ANameIsLookedUpElsewhereAndTheSessionComesBackToItsLoop()
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Names = new Upstream.DnsNames(() => []),
            Server = u => u with { Destinations = [new DestinationConfiguration("a", DestinationKind.Tcp, "localhost", 2525)] },
        });
        world.Connect();
        world.Loop.RunUntil(() => world.Dialler.Dialled.Count > 0, TimeSpan.FromSeconds(20));
        Assert.All(world.Dialler.Dialled, to => Assert.True(IPAddress.IsLoopback(((IPEndPoint)to).Address)));
        Assert.Equal(Greeting, world.Answer(Greeting));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Rule4_6_AServerThatIsLostMeanwhileIs421_4_4_2(int steps)
    {
        foreach (bool reset in (bool[])[true, false])
        {
            using MemoryWorld world = Required();
            world.Connect();
            foreach (string words in ((string[])[Greeting, OffersStartTls]).Take(steps))
                world.Answer(words);
            if (reset)
                world.Server.Reset();
            else
                world.Server.End();
            world.Run();
            Assert.Equal("421 4.4.2 Connection to the server was lost\r\n", world.Client.Hear());
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Rule4_6_ADrainMeanwhileIs421_4_3_2(int steps)
    {
        using MemoryWorld world = Required();
        world.Connect();
        foreach (string words in ((string[])[Greeting, OffersStartTls]).Take(steps))
            world.Answer(words);
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear());
        Assert.True(world.Server.Near.IsClosed);
        world.Client.End();
        Assert.Equal(EndReason.Drain, world.Run().End.Reason);
    }

    [Fact]
    public void Rule4_6_ADrainWhileDiallingIs421_4_3_2()
    {
        using MemoryWorld world = Required();
        world.Dialler.Hangs = true;
        world.Connect();
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear());
    }

    [Fact]
    public void Rule3_3_ADrainInTheUpstreamsHandshakeIsToldBehindIt()
    {
        using MemoryWorld world = Required();
        TlsContext context = world.ServerContext(s_up);
        world.Connect();
        world.Answer(Greeting);
        world.Answer(OffersStartTls);
        world.Server.IsDeaf = true;                                    // its ClientHello is not read as if it were clear
        world.Answer(Ready);
        world.Loop.DrainAll();
        world.Run();
        Assert.Equal("", world.Client.Hear());
        world.Server.Shake(context, null);
        world.Server.IsDeaf = false;
        world.Run();
        Assert.EndsWith("421 4.3.2 Service is shutting down, try again\r\n", world.Client.Hear(), StringComparison.Ordinal);
    }

    [Theory, InlineData("250-up.test\r\n250 AUTH PLAIN\r\n", ""), InlineData(OffersStartTls, "502 5.5.1 no\r\n")]
    public void Rule4_4_OpportunisticGoesOnInClearWithoutAuth(string answer, string refusal)
    {
        using MemoryWorld world = new(new WorldOptions { Upstream = TlsMode.Opportunistic, Listener = WithAuth });
        world.Connect();
        world.Answer(Greeting);
        string greeted = world.Answer(answer);
        if (refusal.Length > 0)
            greeted = world.Answer(refusal);
        Assert.Equal("220 proxy.test ESMTP\r\n", greeted);
        Assert.Equal("", world.Ask("EHLO c.test\r\n"));
        Assert.Equal("250-up.test\r\n250 HELP\r\n", world.Answer("250-up.test\r\n250-AUTH PLAIN\r\n250-HELP\r\n250 STARTTLS\r\n"));
        Assert.Equal("538 5.7.11 Encryption required for authentication\r\n", world.Ask("AUTH PLAIN AGEAYg==\r\n"));
        Assert.DoesNotContain("AUTH", world.SentUpstream, StringComparison.Ordinal);
        string outcome = refusal.Length > 0 ? "refused" : "not_offered";
        Assert.Equal(1, world.Counted($$"""upstream_starttls_total{upstream="up",outcome="{{outcome}}"}"""));
    }

    [Fact]
    public void Rule4_4_OpportunisticHasNoClearRetryBehindAFailedHandshake()
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Upstream = TlsMode.Opportunistic,
            Server = u => u with { Destinations = [.. u.Destinations, new DestinationConfiguration("b", DestinationKind.Tcp, "10.0.0.3", 25)] },
        });
        world.Connect();
        string heard = "";
        for (int destination = 0; destination < 2; destination++)
        {
            foreach (string words in (string[])[Greeting, OffersStartTls, Ready, "400 nonsense\r\n"])
            {
                Assert.Equal("", heard);
                heard = world.Answer(words);
            }
            world.After(TimeSpan.FromMilliseconds(200));
            Assert.StartsWith("EHLO proxy.test\r\nSTARTTLS\r\n\x16", MemoryWorld.Sent(world.Servers[destination]), StringComparison.Ordinal);
        }
        Assert.Equal("421 4.7.5 TLS handshake with the server failed\r\n", heard);
        Assert.Equal([IPEndPoint.Parse("10.0.0.2:25"), IPEndPoint.Parse("10.0.0.3:25")], world.Dialler.Dialled);
    }

    [Theory]
    [InlineData(TlsMode.Required, true, "right", true)]
    [InlineData(TlsMode.Implicit, true, "right", true)]
    [InlineData(TlsMode.Required, false, "wrong", true)]
    [InlineData(TlsMode.Opportunistic, true, "right", true)]
    [InlineData(TlsMode.Opportunistic, true, "wrong", false)]
    [InlineData(TlsMode.Opportunistic, false, "wrong", true)]
    public void Rule4_4_AuthIsOfferedOnlyWhereTheUpstreamLegMeetsItsPolicy(TlsMode mode, bool verify, string certificate, bool offered)
    {
        using MemoryWorld world = new(new WorldOptions
        {
            Upstream = mode,
            Verified = verify,
            Listener = WithAuth,
            Server = u => u with { Verify = u.Verify with { WasWritten = true } },
        });
        Shaking(world, certificate == "right" ? s_up : s_other, mode, "AUTH PLAIN");
        world.Connect();
        Assert.StartsWith("220 ", world.Client.Hear(), StringComparison.Ordinal);
        Assert.Equal(offered, world.Ask("EHLO c.test\r\n").Contains("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Theory, InlineData(TlsMode.Opportunistic), InlineData(TlsMode.Required)]
    public void Rule1_3_AuthIsOfferedInsideTlsOnly(TlsMode listener)
    {
        using MemoryWorld world = new(new WorldOptions { Client = listener });
        world.OnDial = p => new MailServer().Serve(p).Offers.Add("AUTH PLAIN");
        world.Connect();
        Assert.DoesNotContain("AUTH", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
        world.Ask("STARTTLS\r\n");
        world.ClientShakes();
        world.Run();
        Assert.Contains("250 AUTH PLAIN\r\n", world.Ask("EHLO c.test\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Rule4_2_AGreetingInClearIsRelayedAsItIs()
    {
        const string words = "220-Up.Test  ESMTP\xe9\r\n220-\r\n220 ready\t\r\n";
        using MemoryWorld world = new();
        world.Connect();
        Assert.Equal(words, world.Answer(words));
    }

    [Fact]
    public void Rule4_2_ARefusalAsGreetingIsRelayedWhereThereIsNoStartTls()
    {
        using MemoryWorld world = new();
        world.Connect();
        Assert.Equal("554 5.7.1 go away\r\n", world.Answer("554 5.7.1 go away\r\n"));
    }

    [Fact]
    public void Rule4_2_AGreetingInsideTlsIsRelayedAsItIsAndNoneBefore()
    {
        const string words = "220-Up.Test  ESMTP\r\n220 ready\r\n";
        using MemoryWorld world = new(new WorldOptions { Upstream = TlsMode.Implicit });
        TlsContext context = world.ServerContext(s_up);
        world.OnDial = p => p.Shake(context, null);
        world.Connect();
        Assert.Equal("", world.Client.Hear());
        Assert.Equal(words, world.Answer(words));
    }

    [Fact]
    public void Rule4_2_AGreetingInClearOnAnImplicitLegIsNeverRelayed()
    {
        using MemoryWorld world = new(new WorldOptions { Upstream = TlsMode.Implicit });
        world.Connect();
        Assert.Equal("421 4.7.5 TLS handshake with the server failed\r\n", world.Answer(Greeting));
    }

    [Fact]
    public void Rule4_2_BehindStartTlsTheGreetingIsOurs()
    {
        using MemoryWorld world = new(new WorldOptions { Upstream = TlsMode.Required });
        Shaking(world, s_up, TlsMode.Required);
        world.Connect();
        Assert.Equal("220 proxy.test ESMTP\r\n", world.Client.Hear());
    }

    [Fact]
    public void Rule6_3_AnUpstreamAtItsCapIs421_4_3_2()
    {
        using MemoryWorld world = new(new WorldOptions { Server = u => u with { Limits = u.Limits with { Connections = 0, Queue = 0 } } });
        world.Connect();
        Assert.Equal("421 4.3.2 Server is busy, try again later\r\n", world.Client.Hear());
        Assert.Empty(world.Dialler.Dialled);
    }

    static MemoryWorld Required() => new(new WorldOptions { Upstream = TlsMode.Required });

    static ListenerConfiguration WithAuth(ListenerConfiguration listener) => listener with { AuthInClear = Configuration.AuthInClear.Allow };

    static string Snake(DialError error) => error is DialError.NoDescriptor ? "no_descriptor" : error.ToString().ToLowerInvariant();

    // The server's words and what is expected to be said to it, in turns; the client hears nothing before the end.
    static void Told(string expected, EndReason reason, params string[] talk)
    {
        using MemoryWorld world = Required();
        world.Connect();
        string heard = "";
        for (int i = 0; i < talk.Length; i += 2)
        {
            Assert.Equal("", heard);
            heard = world.Answer(talk[i]);
            if (i + 1 < talk.Length)
                Assert.Equal(talk[i + 1], world.Server.Hear());
        }
        Assert.Equal(expected, heard);
        Assert.DoesNotContain("MAIL", world.SentUpstream, StringComparison.Ordinal);
        world.Client.End();
        Assert.Equal(reason, world.Run().End.Reason);
    }

    static void Shaking(MemoryWorld world, TlsCertificate shown, TlsMode mode, params string[] offers)
    {
        TlsContext context = world.ServerContext(shown);
        world.OnDial = p =>
        {
            if (mode is TlsMode.Implicit)
                p.Shake(context, null);
            MailServer server = new() { StartTls = mode is TlsMode.Implicit ? null : context };
            server.Offers.AddRange(offers);
            server.Serve(p, mode is TlsMode.Implicit ? "" : Greeting);
            if (mode is TlsMode.Implicit)
                p.Reaction += server.GreetInsideTls;
        };
    }
}
