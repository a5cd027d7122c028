using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Session;

/// <summary>
/// One message, and one of the two peers ends, is reset or falls silent behind each octet of what it says, handshakes included: the session ends in its
/// time, nothing is left open, no half message is delivered, and no client believes what its server has not said.
/// </summary>
public class CutStreamTest
{
    const string Content = "Subject: x\r\n\r\n..stuffed\r\n.\0\r\nend\r\n";

    static readonly TlsCertificate s_up = TestCertificates.Shared.For(WorldOptions.ServerName);

    public static TheoryData<TlsMode, TlsMode, string> Worlds =>
    [
        .. from modes in ((TlsMode, TlsMode)[])
            [(TlsMode.None, TlsMode.None), (TlsMode.Opportunistic, TlsMode.Opportunistic), (TlsMode.Required, TlsMode.Required), (TlsMode.Implicit, TlsMode.Implicit)]
        from how in (string[])["end", "reset", "silence"]
        select (modes.Item1, modes.Item2, how),
    ];

    [Theory, MemberData(nameof(Worlds))]
    public void Rule5_5_AClientCutOffAnywhereDeliversNoHalfMessage(TlsMode client, TlsMode upstream, string how) =>
        Everywhere(client, upstream, how, ofClient: true);

    [Theory, MemberData(nameof(Worlds))]
    public void Rule6_5_AServerCutOffAnywhereIsNeverTakenForOneThatAccepted(TlsMode client, TlsMode upstream, string how) =>
        Everywhere(client, upstream, how, ofClient: false);

    static void Everywhere(TlsMode client, TlsMode upstream, string how, bool ofClient)
    {
        using MemoryWorld world = new(new WorldOptions { Client = client, Upstream = upstream, Listener = l => l with { BareNewlines = BareNewlines.Pass } });
        TlsContext context = world.ServerContext(s_up);
        long length = Once(world, client, upstream, context, how, ofClient, -1);
        // Ciphertext is long, and within a record one place is as good as another.
        int step = client is TlsMode.None ? 1 : 23;
        for (int at = how.Length % step; at < length; at += step)
            Once(world, client, upstream, context, how, ofClient, at);
    }

    static long Once(MemoryWorld world, TlsMode client, TlsMode upstream, TlsContext context, string how, bool ofClient, int at)
    {
        List<MailServer> servers = [];
        world.OnDial = p =>
        {
            if (!ofClient)
                Cut(p, how, at);
            MailServer server = new() { StartTls = upstream is TlsMode.Opportunistic or TlsMode.Required ? context : null };
            servers.Add(server);
            if (upstream is TlsMode.Implicit)
                p.Shake(context, null);
            server.Serve(p, upstream is TlsMode.Implicit ? "" : "220 up.test ESMTP\r\n");
            if (upstream is TlsMode.Implicit)
                p.Reaction += server.GreetInsideTls;
        };
        MailClient mail = null!;
        world.OnConnect = p =>
        {
            if (ofClient)
                Cut(p, how, at);
            mail = new MailClient(p, world.ClientShakes, client is TlsMode.Opportunistic or TlsMode.Required, Content);
            if (client is TlsMode.Implicit)
                world.ClientShakes();
        };
        world.Connect();
        Settle(world, $"{(ofClient ? "client" : "server")} {how} at {at}");
        Judge(world, mail, [.. servers.SelectMany(s => s.Messages)], at);
        if (!ofClient && !mail.WasAccepted)                            // never a dead socket, never a bounce (rules 4.6, 5.4)
            Assert.Matches("^(421 4[.](4[.]2|7[.]5)|451 4[.]4[.]2) ", mail.Replies.LastOrDefault() ?? "");
        return ofClient ? world.Client.Wire.Sent : world.Server.Wire.Sent;
    }

    static void Cut(Peer peer, string how, int at)
    {
        peer.Wire.StopAt = at;
        peer.Wire.AtStop = how switch
        {
            "end" => peer.Wire.ShutdownSend,
            "reset" => peer.Reset,
            _ => null,
        };
    }

    static void Settle(MemoryWorld world, string what)
    {
        for (int minute = 0; minute < 40 && !world.Session.IsCompleted; minute++)
            world.After(minute < 4 ? TimeSpan.FromSeconds(3) : TimeSpan.FromMinutes(1));
        Assert.True(world.Session.IsCompleted, $"The session goes on: {what}.");
        Assert.True(world.Loop.Counts.IsZero, $"{world.Loop.Counts}: {what}.");
    }

    static void Judge(MemoryWorld world, MailClient mail, string[] messages, int at)
    {
        string[] whole = [Content];
        Assert.True(messages.Length == 0 || messages.SequenceEqual(whole), $"cut at {at} delivered {string.Join('|', messages)}");
        Assert.True(!mail.WasAccepted || messages.Length == 1, $"cut at {at}: accepted by nobody: {string.Join('|', mail.Replies)}");
        Assert.True(at >= 0 || mail.WasAccepted, $"uncut, and not accepted: {string.Join('|', mail.Replies)}");
    }
}
