using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

public class SessionRecordTest
{
    static readonly SessionEnd _quit = new() { Reason = EndReason.Quit };
    static readonly OwnReply _draining = new(421, "drain", "4.3.2 Closing");

    [Fact]
    public async Task AnOpenSessionIsCountedUntilItEnds()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        Assert.Equal("1", (await stage.MovedAsync())["sessions{listener=\"mx\"}"]);
        record.Ended(_quit);
        Assert.DoesNotContain("sessions{listener=\"mx\"}", await stage.MovedAsync());
    }

    [Fact]
    public async Task ASessionEndsOnce()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        Assert.Equal(_quit, record.Ended(_quit));
        record.Ended(new SessionEnd { Reason = EndReason.Fault });
        Assert.Equal("1", (await stage.MovedAsync())["sessions_total{listener=\"mx\",end=\"quit\"}"]);
        Assert.DoesNotContain("sessions_total{listener=\"mx\",end=\"fault\"}", await stage.MovedAsync());
        Assert.Single(stage.Lines());
    }

    [Fact]
    public async Task AnEndThatIsNoneIsAFaultOfOurs()
    {
        using Stage stage = new();
        stage.Session().Ended(SessionEnd.None);
        Assert.Equal("1", (await stage.MovedAsync())["sessions_total{listener=\"mx\",end=\"fault\"}"]);
    }

    [Theory]
    [InlineData(null, null, "clear", "clear")]
    [InlineData(false, false, "tls", "unverified")]
    [InlineData(true, true, "mtls", "verified")]
    [InlineData(false, null, "tls", "clear")]
    public async Task AMessageIsLabelledByTheProtectionOfBothLegs(bool? client, bool? upstream, string clientSecurity, string upstreamSecurity)
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        if (upstream is { } upstreamVerified)
            record.UpstreamHandshake(Stage.Ok(upstreamVerified));
        if (client is { } clientVerified)
            record.ClientHandshake(Stage.Ok(clientVerified), startTls: true);
        record.MessageBegan();
        stage.Time.Advance(TimeSpan.FromSeconds(3));
        record.MessageEnded(MessageOutcome.Accepted, 4096);
        IReadOnlyDictionary<string, string> moved = await stage.MovedAsync();
        Assert.Equal("1", moved[$"messages_total{{listener=\"mx\",upstream=\"legacy\",client_security=\"{clientSecurity}\",upstream_security=\"{upstreamSecurity}\",outcome=\"accepted\"}}"]);
        Assert.Equal("4096", moved["message_size_bytes_sum{listener=\"mx\"}"]);
        Assert.Equal("3", moved["message_duration_seconds_sum{listener=\"mx\"}"]);
    }

    [Fact]
    public async Task AFailedHandshakeProtectsNothing()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.ClientHandshake(Stage.Failed(HandshakeOutcome.Closed), startTls: true);
        record.MessageEnded(MessageOutcome.Aborted, 1);
        IReadOnlyDictionary<string, string> moved = await stage.MovedAsync();
        Assert.Contains("messages_total{listener=\"mx\",upstream=\"legacy\",client_security=\"clear\",upstream_security=\"clear\",outcome=\"aborted\"}", moved);
        Assert.Contains("listener_tls_handshakes_total{listener=\"mx\",result=\"closed\"}", moved);
        Assert.DoesNotContain(moved.Keys, key => key.StartsWith("listener_tls_sessions_total"));
    }

    [Theory]
    [InlineData(TlsMode.Opportunistic, true)]
    [InlineData(TlsMode.Required, true)]
    [InlineData(TlsMode.None, false)]
    [InlineData(TlsMode.Implicit, false)]
    public async Task WhoSpeaksAndStaysInClearDidNotUseStartTls(TlsMode mode, bool counts)
    {
        using Stage stage = new(mode);
        SessionRecord record = stage.Session();
        record.Answered(Verb.Ehlo, 250);
        record.Ended(_quit);
        Assert.Equal(counts, (await stage.MovedAsync()).ContainsKey("listener_starttls_total{listener=\"mx\",outcome=\"not_used\"}"));
    }

    [Fact]
    public async Task WhoSaidNothingWasNotOfferedStartTls()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.Answered(Verb.Greeting, 220);
        record.Ended(new SessionEnd { Reason = EndReason.Empty });
        Assert.DoesNotContain((await stage.MovedAsync()).Keys, key => key.StartsWith("listener_starttls_total"));
    }

    [Fact]
    public async Task ImplicitTlsIsNoStartTls()
    {
        using Stage stage = new(TlsMode.Implicit);
        SessionRecord record = stage.Session();
        record.ClientHandshake(Stage.Ok(), startTls: false);
        record.Ended(_quit);
        Assert.DoesNotContain((await stage.MovedAsync()).Keys, key => key.StartsWith("listener_starttls_total"));
    }

    [Fact]
    public async Task PlaintextBehindStartTlsIsCountedOnce()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.Answered(Verb.Ehlo, 250);
        record.Ended(record.Injected(new SessionEnd { Reason = EndReason.Violation }));
        IReadOnlyDictionary<string, string> moved = await stage.MovedAsync();
        Assert.Equal("1", moved["listener_starttls_total{listener=\"mx\",outcome=\"injection\"}"]);
        Assert.Equal("1", moved["protocol_violations_total{listener=\"mx\",leg=\"client\",kind=\"starttls_injection\"}"]);
        Assert.DoesNotContain("listener_starttls_total{listener=\"mx\",outcome=\"not_used\"}", moved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LastWordsAreCountedOnceWhoeverTellsThem(bool toldByTheDialogue)
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        if (toldByTheDialogue)
            record.SpokeForItself(_draining);
        record.Ended(new SessionEnd { Reason = EndReason.Drain, LastReply = _draining });
        Assert.Equal("1", (await stage.MovedAsync())["proxy_replies_total{listener=\"mx\",code=\"421\",reason=\"drain\"}"]);
    }

    [Fact]
    public async Task AHandshakeThatNeverEndsIsLeftWithTheSession()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.ClientHandshakeBegan();
        Assert.Equal("1", (await stage.MovedAsync())["handshakes_in_progress{leg=\"client\"}"]);
        record.Ended(new SessionEnd { Reason = EndReason.Fault });
        Assert.DoesNotContain("handshakes_in_progress{leg=\"client\"}", await stage.MovedAsync());
    }

    [Fact]
    public async Task ConnectsAreCountedByDestinationAndPhase()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.UpstreamConnect("a", ConnectResult.Refused);
        record.UpstreamConnect("b", ConnectResult.Ok, new ConnectPhases { Tcp = TimeSpan.FromSeconds(1), Tls = TimeSpan.FromSeconds(2) });
        record.UpstreamSessions("b", 1);
        IReadOnlyDictionary<string, string> moved = await stage.MovedAsync();
        Assert.Equal("1", moved["upstream_connects_total{upstream=\"legacy\",destination=\"a\",result=\"refused\"}"]);
        Assert.Equal("1", moved["upstream_connects_total{upstream=\"legacy\",destination=\"b\",result=\"ok\"}"]);
        Assert.Equal("2", moved["upstream_connect_duration_seconds_sum{upstream=\"legacy\",phase=\"tls\"}"]);
        Assert.DoesNotContain("upstream_connect_duration_seconds_count{upstream=\"legacy\",phase=\"dns\"}", moved);
        Assert.Equal("1", moved["upstream_sessions{upstream=\"legacy\",destination=\"b\"}"]);
    }

    [Fact]
    public async Task WhatFollowsIsCountedUnderItsOwnLabel()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.Policy(ReportOnly.EarlyTalkers, refused: false);
        record.Violated(Violation.BadCommands, byClient: true);
        record.ClientBytes(1, 2);
        record.UpstreamBytes(3, 4);
        record.Answered(Verb.Data, 354);
        record.Ended(new SessionEnd { Reason = EndReason.Limit });
        IReadOnlyDictionary<string, string> moved = await stage.MovedAsync();
        Assert.Contains("policy_decisions_total{listener=\"mx\",upstream=\"legacy\",rule=\"earlyTalkers\",action=\"would_refuse\"}", moved);
        Assert.Contains("limit_rejections_total{listener=\"mx\",limit=\"badCommands\"}", moved);
        Assert.Equal("1", moved["bytes_total{listener=\"mx\",leg=\"client\",direction=\"in\"}"]);
        Assert.Equal("4", moved["bytes_total{listener=\"mx\",leg=\"upstream\",direction=\"out\"}"]);
        Assert.Contains("commands_total{upstream=\"legacy\",verb=\"data\",reply=\"3xx\"}", moved);
    }

    [Fact]
    public void CountingAMessageAllocatesNothingButItsLine()
    {
        using Stage stage = new(log: new LogOptions(Level: "error"));
        SessionRecord record = stage.Session();
        void Message()
        {
            record.Answered(Verb.Mail, 250);
            record.MessageBegan();
            record.Violated(Violation.Pipelining, byClient: true);
            record.MessageEnded(MessageOutcome.Accepted, 1000);
        }
        for (int i = 0; i < 100; i++)
            Message();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Message();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
