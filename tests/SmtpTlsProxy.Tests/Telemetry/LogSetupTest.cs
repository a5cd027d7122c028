using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

public class LogSetupTest
{
    static readonly SessionEnd _quit = new() { Reason = EndReason.Quit };

    [Fact]
    public void ASessionAndAMessageAreALineEachWithStableFields()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.UpstreamConnect("a", ConnectResult.Ok);
        record.ClientHandshake(Stage.Ok(), startTls: true);
        record.MessageBegan();
        stage.Time.Advance(TimeSpan.FromMilliseconds(1500));
        record.MessageEnded(MessageOutcome.Deferred, 77);
        record.ClientBytes(10, 20);
        record.Ended(_quit);

        string[] lines = stage.Lines();
        Assert.Equal(
            $$"""{"@t":"2026-01-02T03:04:06.5000000Z","@mt":"message","session":"{{record.Id}}","listener":"mx","upstream":"legacy","destination":"a","client":"192.0.2.77","outcome":"deferred","size":77,"duration_ms":1500,"client_security":"tls","upstream_security":"clear"}""",
            lines[0]);
        Assert.Equal(
            $$"""{"@t":"2026-01-02T03:04:06.5000000Z","@mt":"session","session":"{{record.Id}}","listener":"mx","upstream":"legacy","destination":"a","client":"192.0.2.77","end":"quit","duration_ms":1500,"client_security":"tls","client_tls":"TLSv1.3","client_cipher":"TLS_AES_256_GCM_SHA384","client_handshake":"ok","upstream_security":"clear","upstream_tls":null,"upstream_cipher":null,"upstream_handshake":null,"messages":1,"accepted":0,"violations":0,"violation":null,"reply":null,"client_in":10,"client_out":20,"upstream_in":0,"upstream_out":0,"upstream_verdict":null,"upstream_verdict_reason":null,"client_verdict":null,"client_verdict_reason":null,"client_certificate":null,"client_handshake_reason":null,"upstream_connect":"ok","upstream_retries":0}""",
            lines[1]);
        Assert.Equal(2, lines.Length);
    }

    [Fact]
    public void TextIsForPeople()
    {
        using Stage stage = new(log: new LogOptions(Json: false));
        SessionRecord record = stage.Session();
        record.Violated(Violation.Http, byClient: true);
        record.SpokeForItself(new OwnReply(554, "http", "5.5.1 Words that stay out of the log"));
        record.Ended(new SessionEnd { Reason = EndReason.Violation });
        Assert.Equal(
            $"2026-01-02T03:04:05.000Z INF session session={record.Id} listener=mx upstream=legacy client=192.0.2.77 end=violation duration_ms=0 client_security=clear "
            + "upstream_security=clear messages=0 accepted=0 violations=1 violation=http reply=554 http client_in=0 client_out=0 upstream_in=0 upstream_out=0 upstream_retries=0",
            Assert.Single(stage.Lines()));
    }

    [Fact]
    public void ABalancersCheckIsNoLine()
    {
        using Stage stage = new();
        stage.Session().Ended(new SessionEnd { Reason = EndReason.Empty });
        Assert.Empty(stage.Lines());
    }

    [Fact]
    public void BehindProxyTheGivenAddressIsLogged()
    {
        using Stage stage = new();
        SessionRecord record = stage.Session();
        record.ClientIs(new IPEndPoint(IPAddress.Parse("::ffff:198.51.100.9"), 1));
        record.Ended(_quit);
        Assert.Equal("198.51.100.9", Field(Assert.Single(stage.Lines()), "client"));
    }

    [Fact]
    public void AFaultIsAnErrorWithItsStack()
    {
        using Stage stage = new();
        stage.Log.Sessions.Fault(new InvalidOperationException("oops"));
        string line = Assert.Single(stage.Lines());
        Assert.Equal("Error", Field(line, "@l"));
        Assert.Contains("oops", Field(line, "@x"));
    }

    [Theory]
    [InlineData(true, """{"@t":"2026-01-02T03:04:05.0000000Z","@mt":"certificates.public expires {soon}","@l":"Warning"}""")]
    [InlineData(false, "2026-01-02T03:04:05.000Z WRN certificates.public expires {soon}")]
    public void AWarningIsItsText(bool json, string expected)
    {
        using Stage stage = new(log: new LogOptions(Json: json));
        stage.Log.Warn("certificates.public expires {soon}");
        Assert.Equal(expected, Assert.Single(stage.Lines()));
    }

    [Fact]
    public void TheFrameworkIsHeardFromWarningsOn()
    {
        using Stage stage = new();
        ILogger kestrel = stage.Log.Provider.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
        kestrel.LogInformation("chatter");
        kestrel.LogWarning("trouble");
        Assert.Contains("trouble", Assert.Single(stage.Lines()));
    }

    [Theory]
    [InlineData("192.0.2.77", nameof(ClientAddressing.Full), "192.0.2.77")]
    [InlineData("192.0.2.77", nameof(ClientAddressing.Prefix), "192.0.2.0/24")]
    [InlineData("2001:db8:1:2::5", nameof(ClientAddressing.Prefix), "2001:db8:1::/48")]
    public void AClientIsNamedAsFarAsTheOperatorLetsIt(string address, string how, string expected) =>
        Assert.Equal(expected, new ClientAddress(Enum.Parse<ClientAddressing>(how)).Of(new IPEndPoint(IPAddress.Parse(address), 25)));

    [Fact]
    public void AHashedClientCanBeFollowedButNotKnown()
    {
        ClientAddress hashed = new(ClientAddressing.Hashed);
        string first = hashed.Of(Stage.Peer);
        Assert.Equal(first, hashed.Of(new IPEndPoint(Stage.Peer.Address, 1)));
        Assert.DoesNotContain("192.0.2", first);
        Assert.NotEqual(first, new ClientAddress(ClientAddressing.Hashed).Of(Stage.Peer));
    }

    [Fact]
    public async Task ASlowOutputCostsEventsAndNeverTime()
    {
        Metrics metrics = new();
        using Blocked blocked = new();
        LogSetup log = LogSetup.Create(new LogOptions(), metrics, TimeProvider.System, blocked);
        for (int i = 0; i < 12_000; i++)
            log.Tell("event");
        string text = await metrics.ExportTextAsync();
        blocked.Release();
        log.Dispose();
        string dropped = text.Split('\n').Single(line => line.StartsWith(Instruments.Prefix + "log_events_dropped_total ")).Split(' ')[1];
        Assert.InRange(int.Parse(dropped), 500, 2_000);         // beyond the queue's 10,000 one batch is on its way
    }

    [Fact]
    public void WhatAFullDiskDidNotTakeIsNotKept()
    {
        Metrics metrics = new();
        using Full disk = new();
        LogSetup log = LogSetup.Create(new LogOptions(), metrics, TimeProvider.System, disk);
        log.Tell("lost");
        Assert.True(SpinWait.SpinUntil(() => disk.Refused == 1, TimeSpan.FromSeconds(10)));
        disk.HasRoom = true;
        log.Tell("kept");
        log.Dispose();
        Assert.Contains("kept", disk.ToString());
        Assert.DoesNotContain("lost", disk.ToString());
    }

    static string Field(string line, string name) => JsonDocument.Parse(line).RootElement.GetProperty(name).GetString()!;

    sealed class Blocked : StringWriter
    {
        readonly ManualResetEventSlim _open = new();

        public void Release() => _open.Set();

        public override void Write(string? value) => _open.Wait();
    }

    sealed class Full : StringWriter
    {
        int _refused;

        public volatile bool HasRoom;

        public int Refused => Volatile.Read(ref _refused);

        public override void Write(string? value)
        {
            if (HasRoom)
            {
                base.Write(value);
                return;
            }
            Interlocked.Increment(ref _refused);
            throw new IOException("no space left");
        }
    }
}
