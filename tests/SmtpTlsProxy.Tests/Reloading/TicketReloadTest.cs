using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Reloading;

/// <summary>What becomes of clients' sessions when certificates, configuration or ticket keys change, and between replicas (rule 3.7).</summary>
public class TicketReloadTest
{
    const string Minimal = "listeners: { mx: { address: '127.0.0.1:2525', tls: opportunistic, upstream: server LISTENER }, other: { address: '127.0.0.1:2526', tls: opportunistic, upstream: server } }\n"
        + "upstreams: { server: { destinations: '127.0.0.1:10025', tls: none } }\n";

    public static TheoryData<TlsVersion> Versions => [TlsVersion.Tls12, TlsVersion.Tls13];

    [Theory, MemberData(nameof(Versions))]
    public async Task Rule3_7_ARenewedCertificateLosesNoSession(TlsVersion newest)
    {
        using Stage stage = new(s => Yaml(s));
        using TlsContext client = Client(newest);
        Assert.False(Resumes(client, stage));
        stage.WritePair("data", "mx.test");
        TlsContext before = Context(stage);
        await stage.LookAsync();
        Assert.NotSame(before, Context(stage));
        Assert.True(Resumes(client, stage));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Rule3_7_AChangedPolicyResumesNothingOfBefore(TlsVersion newest)
    {
        using Stage stage = new(s => Yaml(s));
        using TlsContext client = Client(newest);
        Resumes(client, stage);
        stage.Write("config.yaml", Yaml(stage, ", tlsSettings: { groups: [P-256] }"));
        await stage.LookAsync();
        Assert.False(Resumes(client, stage));
        Assert.True(Resumes(client, stage));
        stage.Write("ca.pem", TestCertificates.Shared.RootPem);
        stage.Write("config.yaml", Yaml(stage, $", tlsSettings: {{ groups: [P-256] }}, clientCertificates: {{ mode: request, caFile: {stage.PathTo("ca.pem")} }}"));
        await stage.LookAsync();
        Assert.False(Resumes(client, stage));
    }

    [Theory, MemberData(nameof(Versions))]
    public void Rule3_7_AnotherListenersTicketMeansNothing(TlsVersion newest)
    {
        using Stage stage = new(s => Yaml(s));
        using TlsContext client = Client(newest);
        Resumes(client, stage);
        Assert.False(Resumes(client, stage, "other"));
    }

    [Theory, MemberData(nameof(Versions))]
    public void TheKeyBeforeDecryptsForOnePeriod(TlsVersion newest)
    {
        using Stage stage = new(s => Yaml(s) + "tickets: { rotation: 1h }\n");
        using TlsContext client = Client(newest);
        Resumes(client, stage);
        stage.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(Resumes(client, stage));
        stage.Time.Advance(TimeSpan.FromHours(2));
        Assert.False(Resumes(client, stage));
    }

    [Fact]
    public async Task AReloadDoesNotPutARotationOff()
    {
        using Stage stage = new(s => Yaml(s) + "tickets: { rotation: 1h }\n");
        using TlsContext client = Client(TlsVersion.Tls12);
        Resumes(client, stage);
        for (int reload = 0; reload < 4; reload++)
        {
            stage.Time.Advance(TimeSpan.FromMinutes(31));
            stage.WritePair("data", "mx.test");
            await stage.LookAsync();
        }
        Assert.False(Resumes(client, stage));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task ReplicasThatShareAFileResumeEachOthersSessions(TlsVersion newest)
    {
        using Stage one = Sharing(1), two = Sharing(1), stranger = Sharing(9);
        using TlsContext client = Client(newest);
        Assert.False(Resumes(client, one));
        Assert.True(Resumes(client, two));
        Assert.True(Resumes(client, one));
        Assert.False(Resumes(client, stranger));
        Resumes(client, one);
        await RotateAsync(two, 2, 1);                                 // one of the two is a little earlier
        Assert.True(Resumes(client, two));
        using TlsContext later = Client(newest);
        Resumes(later, two);
        Assert.False(Resumes(later, one));
        Resumes(later, two);
        await RotateAsync(one, 2, 1);
        Assert.True(Resumes(later, one));
        await RotateAsync(one, 3, 2);
        await RotateAsync(two, 3, 2);
        Assert.True(Resumes(later, two));
        await RotateAsync(one, 4);
        Assert.False(Resumes(later, one));
        Assert.Equal(3, one.Counted("ticket_key_reloads_total{result=\"success\"}"));
        Assert.DoesNotContain(Convert.ToBase64String([2, 3, 4]), one.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABrokenFileLeavesTheKeysBefore()
    {
        using Stage stage = Sharing(1);
        using TlsContext client = Client(TlsVersion.Tls13);
        Resumes(client, stage);
        stage.Write("tickets.keys", "secret rubbish");
        await stage.LookAsync();
        await stage.LookAsync();
        Assert.True(Resumes(client, stage));
        Assert.Equal(1, stage.Counted("ticket_key_reloads_total{result=\"failure\"}"));
        Assert.Equal(1, stage.Counted("config_last_reload_successful"));
        string log = stage.Log();
        Assert.Contains("Ticket keys refused, those before stay", log, StringComparison.Ordinal);
        Assert.DoesNotContain("rubbish", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANewlyNamedFileThatIsNoneRefusesTheReload()
    {
        using Stage stage = new(s => Yaml(s));
        stage.Write("config.yaml", Yaml(stage) + $"tickets: {{ keyFile: {stage.PathTo("later.keys")} }}\n");
        await stage.LookAsync();
        Assert.Equal(0, stage.Counted("config_last_reload_successful"));
        stage.Write("later.keys", File.ReadAllText(Given.TicketKeys("later", 1)));
        await stage.LookAsync();
        Assert.Equal(1, stage.Counted("config_last_reload_successful"));
    }

    static Stage Sharing(int key) => new(s =>
    {
        s.Write("tickets.keys", File.ReadAllText(Given.TicketKeys($"shared{key}", key)));
        return Yaml(s) + $"tickets: {{ keyFile: {s.PathTo("tickets.keys")} }}\n";
    });

    static Task RotateAsync(Stage stage, params int[] keys)
    {
        stage.Write("tickets.keys", File.ReadAllText(Given.TicketKeys($"rotated{string.Join('.', keys)}", keys)));
        return stage.LookAsync();
    }

    static string Yaml(Stage stage, string listener = "")
    {
        if (!File.Exists(stage.PathTo("data/tls.crt")))
            stage.WritePair("data", "mx.test");
        return "hostname: mx.test\n" + Minimal.Replace(" LISTENER", listener, StringComparison.Ordinal)
            + $"certificates: {{ public: {{ certFile: {stage.PathTo("data/tls.crt")}, keyFile: {stage.PathTo("data/tls.key")} }} }}\n";
    }

    static TlsContext Client(TlsVersion newest) => TlsContext.ForClient(new TlsClientOptions { CaPem = TestCertificates.Shared.CaPem, Policy = new() { MaxVersion = newest } });

    static TlsContext Context(Stage stage, string listener = "mx") => stage.Sessions.RouteOf(listener).ServerTls!.Context;

    static bool Resumes(TlsContext client, Stage stage, string listener = "mx")
    {
        (MemoryWire near, MemoryWire far) = MemoryWire.Pair();
        using TlsConnection ours = new(client, near, new TlsTarget { ServerName = "mx.test" }), theirs = new(Context(stage, listener), far, null);
        HandshakeStep step = HandshakeStep.NeedsOctets, answer = HandshakeStep.NeedsOctets;
        for (int turn = 0; turn < 20; turn++)
        {
            if (step is not (HandshakeStep.Done or HandshakeStep.Failed))
                step = ours.Handshake();
            ours.Flush();
            if (answer is not (HandshakeStep.Done or HandshakeStep.Failed))
                answer = theirs.Handshake();
            theirs.Flush();
        }
        ours.Read(new byte[1], out _);                                // a ticket
        HandshakeResult heard = theirs.Result(TimeSpan.Zero);
        Assert.Equal(("", HandshakeOutcome.Ok), (heard.Detail, heard.Outcome));
        return heard.Resumed;
    }
}
