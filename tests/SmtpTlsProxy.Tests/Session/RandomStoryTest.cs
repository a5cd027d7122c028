using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>
/// Clients, servers, clocks and operators at random: no fault, no growth, and once the client has left the session ends by itself.
/// Set MEMORY_STORIES to run more of them, MEMORY_STORY for a single one.
/// </summary>
public class RandomStoryTest
{
    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);

    static readonly string[] s_client =
    [
        "EHLO c.test\r\n", "HELO c.test\r\n", "STARTTLS\r\n", "MAIL FROM:<a@c.test>\r\n", "RCPT TO:<b@up.test>\r\n", "DATA\r\n", ".\r\n", "\r\n.\r\n",
        "Subject: x\r\n", "BDAT 5\r\n", "BDAT 5 LAST\r\nabcde", "abcde", "RSET\r\n", "NOOP\r\n", "QUIT\r\n", "AUTH PLAIN\r\n", "AUTH LOGIN\r\n", "*\r\n", "AGEAYg==\r\n",
        "GET / HTTP/1.1\r\n", "\n.\n", "\r", "\n", ".", "\0", "NO", "XCLIENT ADDR=1.2.3.4\r\n", "MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n",
        new string('x', 9000), new string('y', 70_000) + "\r\n",
    ];

    static readonly string[] s_server =
    [
        "220 up.test\r\n", "250 ok\r\n", "250-up.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n", "354 go\r\n", "334 VXNlcg==\r\n", "235 ok\r\n",
        "221 bye\r\n", "421 4.3.2 down\r\n", "450 4.2.1 later\r\n", "550 5.1.1 no\r\n", "502 5.5.1 no\r\n", "250-half\r\n", "25", "nonsense\r\n", "250 lf\n", "\r\n",
        "250 " + new string('z', 5000) + "\r\n",
    ];

    public static TheoryData<int> Stories()
    {
        if (Environment.GetEnvironmentVariable("MEMORY_STORY") is { } one)
            return [int.Parse(one)];
        return [.. Enumerable.Range(0, 16)];
    }

    [Theory, MemberData(nameof(Stories), DisableDiscoveryEnumeration = true)]
    public void Rule6_5_WhateverHappensTheSessionEndsAndNothingIsLeftOpen(int story)
    {
        if (Environment.GetEnvironmentVariable("MEMORY_STORY") is not null)
        {
            Tell(story);
            return;
        }
        int each = int.TryParse(Environment.GetEnvironmentVariable("MEMORY_STORIES"), out int many) ? many / 16 : 16;
        for (int i = 0; i < each; i++)
        {
            int number = (story * each) + i;
            try
            {
                Tell(number);
            }
            catch (Exception e)
            {
                Assert.Fail($"story {number}: {e}");
            }
        }
    }

    static void Tell(int story)
    {
        Random random = new(story);
        TlsMode[] modes = [TlsMode.None, TlsMode.Opportunistic, TlsMode.Required, TlsMode.Implicit];
        TlsMode client = modes[random.Next(4)];
        TlsMode upstream = modes[random.Next(4)];
        BareNewlines newlines = (BareNewlines)random.Next(4);
        using MemoryWorld world = new(new WorldOptions { Client = client, Upstream = upstream, Listener = l => l with { BareNewlines = newlines } });
        bool isOrderly = random.Next(2) == 0;
        TlsContext context = world.ServerContext(s_up);
        world.Dialler.Hangs = random.Next(10) == 0;
        world.OnDial = p => Serve(p, random, context, upstream, isOrderly);
        world.Connect();
        if (client is TlsMode.Implicit && random.Next(20) > 0)
            world.ClientShakes();
        world.Run();
        bool heardClear = false;
        for (int step = random.Next(3, 40); step > 0; step--)
        {
            Act(world, random, ref heardClear);
            world.Run();
            Assert.InRange(world.ClientLeg.Unsent, 0, 256 * 1024);
            Assert.InRange(world.Dialler.Leg?.Unsent ?? 0, 0, 256 * 1024);
            Assert.InRange(world.Loop.Counts.RentedBuffers, 0, 12);
            AssertNoClearMail(world, upstream);
        }
        Finish(world, random);
    }

    // Rule 4.4: nothing of a message goes up in clear where TLS is required.
    static void AssertNoClearMail(MemoryWorld world, TlsMode upstream)
    {
        if (upstream is TlsMode.Required or TlsMode.Implicit)
            Assert.All(world.Servers, server => Assert.DoesNotContain("MAIL FROM", MemoryWorld.Sent(server), StringComparison.Ordinal));
    }

    static void Serve(Peer peer, Random random, TlsContext context, TlsMode mode, bool isOrderly)
    {
        peer.Wire.Cut = (Cut)random.Next(3);
        if (mode is TlsMode.Implicit)
            peer.Shake(context, null);
        if (!isOrderly && mode is TlsMode.None)
            return;
        MailServer server = new() { StartTls = mode is TlsMode.None or TlsMode.Implicit ? null : context };
        server.Offers.AddRange(["CHUNKING", "AUTH PLAIN LOGIN"]);
        server.Serve(peer, mode is TlsMode.Implicit ? "" : "220 up.test ESMTP\r\n");
        if (mode is TlsMode.Implicit)
            peer.Reaction += server.GreetInsideTls;
    }

    static void Act(MemoryWorld world, Random random, ref bool shaken)
    {
        string heard = world.Client.Hear();
        if (!shaken && heard.EndsWith("220 2.0.0 Ready to start TLS\r\n", StringComparison.Ordinal) && random.Next(10) > 0)
        {
            shaken = true;
            world.ClientShakes();
            return;
        }
        Peer? server = world.Servers.LastOrDefault();
        switch (random.Next(100))
        {
            case < 62: world.Client.Say(s_client[random.Next(s_client.Length)]); break;
            case < 65: world.Client.Wire.Cut = (Cut)random.Next(3); break;
            case < 75: server?.Say(s_server[random.Next(s_server.Length)]); break;
            case < 78: world.Clock.Advance(TimeSpan.FromSeconds(random.Next(400))); break;
            case < 81: world.Client.Near.Window = random.Next(3) * 40; break;
            case < 84: world.Client.Near.Window = long.MaxValue; break;
            case < 86 when server is not null: server.Near.Window = random.Next(3) * 40; break;
            case < 89 when server is not null: server.Near.Window = long.MaxValue; break;
            case 89: world.Client.End(); break;
            case 90: world.Client.Reset(); break;
            case 91: server?.End(); break;
            case 92: server?.Reset(); break;
            case 93: world.Loop.DrainAll(); break;
            case 94 when server is not null: server.Reaction = null; break;
            case 95: world.Dialler.Hangs = false; world.Client.Near.Edge!(); break;
            default: break;
        }
    }

    static void Finish(MemoryWorld world, Random random)
    {
        if (random.Next(2) == 0)
            world.Client.End();
        else
            world.Client.Reset();
        for (int i = 0; i < 6 && !world.Session.IsCompleted; i++)
            world.After(TimeSpan.FromMinutes(6));
        Assert.NotEqual(EndReason.Fault, world.End.Reason);
        Assert.True(world.Client.Near.IsClosed);
        Assert.All(world.Servers, server => Assert.True(server.Near.IsClosed));
    }
}
