using System.Text.RegularExpressions;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

public partial class MetricsTest
{
    [Fact]
    public async Task NamesTypesAndLabelsAreThoseOfTheContract()
    {
        Metrics metrics = new();
        metrics.CountLive("sessions", () => 0);
        Furnish(metrics, listeners: 1, upstreams: 1, destinations: 1);
        metrics.Certificate("public", DateTimeOffset.UnixEpoch.AddDays(1));
        metrics.Build(new("1.2.3", "abc", "10.0.0"), "3.0.15");
        metrics.Listener("mx0", "up0", TlsMode.None, 1).Replied(new OwnReply(421, "drain", "4.3.2 Closing"));
        metrics.CountDroppedLogEvents(() => 0);

        string[] expected =
        [
            "build_info gauge openssl,revision,runtime,version",
            "bytes_total counter direction,leg,listener",
            "certificate_not_after_timestamp_seconds gauge certificate",
            "certificate_reloads_total counter result",
            "commands_total counter reply,upstream,verb",
            "config_hash gauge ",
            "config_last_reload_success_timestamp_seconds gauge ",
            "config_last_reload_successful gauge ",
            "config_reloads_total counter result",
            "draining gauge ",
            "handshakes_in_progress gauge leg",
            "limit_rejections_total counter limit,listener",
            "listener_starttls_total counter listener,outcome",
            "listener_tls_handshake_duration_seconds histogram listener",
            "listener_tls_handshakes_total counter listener,result",
            "listener_tls_sessions_total counter cipher,group,listener,resumed,version",
            "live_objects gauge kind",
            "log_events_dropped_total counter ",
            "message_duration_seconds histogram listener",
            "message_size_bytes histogram listener",
            "messages_total counter client_security,listener,outcome,upstream,upstream_security",
            "ocsp_refreshes_total counter result",
            "policy_decisions_total counter action,listener,rule,upstream",
            "protocol_violations_total counter kind,leg,listener",
            "proxy_replies_total counter code,listener,reason",
            "session_duration_seconds histogram listener",
            "sessions gauge listener",
            "sessions_limit gauge listener",
            "sessions_total counter end,listener",
            "ticket_key_reloads_total counter result",
            "upstream_circuit_open gauge destination,upstream",
            "upstream_connect_duration_seconds histogram phase,upstream",
            "upstream_connects_total counter destination,result,upstream",
            "upstream_destination_up gauge destination,upstream",
            "upstream_health_checks_total counter destination,result,upstream",
            "upstream_panic_total counter upstream",
            "upstream_retries_total counter destination,result,upstream",
            "upstream_sessions gauge destination,upstream",
            "upstream_starttls_total counter outcome,upstream",
            "upstream_tls_handshake_duration_seconds histogram upstream",
            "upstream_tls_handshakes_total counter result,upstream",
            "upstream_tls_sessions_total counter cipher,group,resumed,upstream,version",
            "upstream_waiting gauge upstream",
        ];
        Assert.Equal(expected, Families(await metrics.ExportTextAsync()));
    }

    [Theory]
    [InlineData("messages_total{listener=\"mx0\",upstream=\"up0\",client_security=\"mtls\",upstream_security=\"unverified\",outcome=\"unknown\"}")]
    [InlineData("listener_starttls_total{listener=\"mx0\",outcome=\"injection\"}")]
    [InlineData("listener_starttls_total{listener=\"mx0\",outcome=\"already_tls\"}")]
    [InlineData("listener_starttls_total{listener=\"mx0\",outcome=\"not_used\"}")]
    [InlineData("upstream_starttls_total{upstream=\"up0\",outcome=\"stripped\"}")]
    [InlineData("upstream_tls_handshakes_total{upstream=\"up0\",result=\"untrusted\"}")]
    [InlineData("listener_tls_sessions_total{listener=\"mx0\",version=\"TLSv1.2\",cipher=\"other\",group=\"other\",resumed=\"false\"}")]
    [InlineData("policy_decisions_total{listener=\"mx0\",upstream=\"up0\",rule=\"bareNewlines\",action=\"would_refuse\"}")]
    [InlineData("protocol_violations_total{listener=\"mx0\",leg=\"upstream\",kind=\"starttls_injection\"}")]
    [InlineData("sessions_total{listener=\"mx0\",end=\"fault\"}")]
    [InlineData("sessions_total{listener=\"mx0\",end=\"client_lost\"}")]
    [InlineData("commands_total{upstream=\"up0\",verb=\"starttls\",reply=\"none\"}")]
    [InlineData("upstream_connects_total{upstream=\"up0\",destination=\"d0\",result=\"refused\"}")]
    [InlineData("limit_rejections_total{listener=\"mx0\",limit=\"connectionsPerAddress\"}")]
    [InlineData("config_reloads_total{result=\"failure\"}")]
    [InlineData("log_events_dropped_total")]
    public async Task ACounterThatAnAlertUsesIsThereAtZero(string series)
    {
        Metrics metrics = new();
        Furnish(metrics, listeners: 1, upstreams: 1, destinations: 1);
        Assert.Contains($"\n{Instruments.Prefix}{series} 0\n", await metrics.ExportTextAsync());
    }

    [Fact]
    public async Task ASessionThatGoesOnHasNoEnd()
    {
        Metrics metrics = new();
        Furnish(metrics, listeners: 1, upstreams: 1, destinations: 1);
        Assert.DoesNotContain("end=\"none\"", await metrics.ExportTextAsync());
    }

    [Fact]
    public async Task SeriesStayUnderTwoThousandWhateverPeersDo()
    {
        using Stage stage = new();
        Furnish(stage.Metrics, listeners: 4, upstreams: 2, destinations: 4);
        int before = Series(await stage.Metrics.ExportTextAsync());

        for (int listener = 0; listener < 4; listener++)
            Hostile(stage, $"mx{listener}", $"up{listener % 2}", $"d{listener}");
        int after = Series(await stage.Metrics.ExportTextAsync());

        Assert.InRange(before, 1, 2000);
        Assert.Equal(before, after);
    }

    [Fact]
    public void ViolationsAreAtMostSixteenKinds() => Assert.InRange(Enum.GetValues<Violation>().Length, 1, 16);

    static void Hostile(Stage stage, string listener, string upstream, string destination)
    {
        SessionRecord record = new(stage.Metrics.Listener(listener, upstream, TlsMode.Opportunistic, 10), stage.Metrics.Upstream(upstream, [destination]), stage.Time, stage.Log.Sessions, Stage.Peer);
        foreach (string version in (string[])["TLSv1.3", "TLSv1.2", "TLSv1", "SSLv3", "", "evil\n"])
        {
            foreach (string cipher in (string[])["TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_NULL_MD5", "", "\"} 1"])
            {
                foreach (string group in (string[])["X25519MLKEM768", "prime256v1", "ffdhe8192", ""])
                    record.ClientHandshake(Stage.Ok(version: version, cipher: cipher, group: group), startTls: true);
            }
        }
        foreach (Violation kind in Enum.GetValues<Violation>())
        {
            record.Violated(kind, byClient: true);
            record.Violated(kind, byClient: false);
        }
        foreach (Verb verb in Enum.GetValues<Verb>())
        {
            foreach (int code in (int[])[0, 99, 250, 354, 421, 599, 999, -1])
                record.Answered(verb, code);
        }
        foreach (HandshakeOutcome outcome in Enum.GetValues<HandshakeOutcome>())
            record.UpstreamHandshake(Stage.Failed(outcome));
        record.Ended(new SessionEnd { Reason = EndReason.Violation });
    }

    static void Furnish(Metrics metrics, int listeners, int upstreams, int destinations)
    {
        for (int i = 0; i < listeners; i++)
        {
            ListenerMetrics listener = metrics.Listener($"mx{i}", $"up{i % upstreams}", TlsMode.Opportunistic, 100);
            listener.Expect(Enumerable.Range(0, 30).Select(n => new OwnReply(421, $"reason{n}", "4.3.0 Words")));
        }
        for (int i = 0; i < upstreams; i++)
            metrics.Upstream($"up{i}", Enumerable.Range(0, destinations).Where(d => d % upstreams == i).Select(d => $"d{d}"));
    }

    static int Series(string text) => text.Split('\n').Count(line => line.Length > 0 && line[0] != '#');

    static string[] Families(string text)
    {
        SortedDictionary<string, string> types = new(StringComparer.Ordinal);
        Dictionary<string, SortedSet<string>> labels = [];
        foreach (Match type in TypeLine().Matches(text))
            types[type.Groups[1].Value] = type.Groups[2].Value;
        foreach (Match series in SeriesLine().Matches(text))
        {
            string name = types.ContainsKey(series.Groups[1].Value) ? series.Groups[1].Value : Suffix().Replace(series.Groups[1].Value, "");
            SortedSet<string> known = labels.TryGetValue(name, out SortedSet<string>? set) ? set : labels[name] = new(StringComparer.Ordinal);
            known.UnionWith(LabelName().Matches(series.Groups[2].Value).Select(label => label.Groups[1].Value).Where(label => label != "le"));
        }
        return [.. types.Select(type => $"{type.Key[Instruments.Prefix.Length..]} {type.Value} {string.Join(',', labels.GetValueOrDefault(type.Key, []))}")];
    }

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    [GeneratedRegex(@"^(\w+)(?:\{(.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex SeriesLine();

    [GeneratedRegex(@"(\w+)=""")]
    private static partial Regex LabelName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
