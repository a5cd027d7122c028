using System.Text;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>What <c>openssl s_client</c>, curl and swaks find on our listeners: stapled answers, resumption between replicas, old TLS, client certificates.</summary>
public sealed class ListenerTlsTest : IDisposable
{
    // s_client says all at once, and the sink takes nothing behind the final dot: the session ends by itself, not by QUIT.
    const string EndsSoon = "timeouts: { command: 2s }";

    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public ListenerTlsTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task AStapledAnswerOfARealResponderIsAccepted()
    {
        int responderPort = Ports.Free();
        PemPair certificate = _ca.Issue(Names.Proxy, ocsp: $"http://127.0.0.1:{responderPort}/");
        File.AppendAllText(certificate.CertFile, File.ReadAllText(_ca.File));
        await using RevocationResponder responder = await RevocationResponder.StartAsync(_scratch, _ca, responderPort, [certificate], []);
        await using var sink = new SmtpSink();
        string yaml = Yaml.Whole(Yaml.Listener("mx", _port, "opportunistic", "legacy"), Yaml.Upstream("legacy", sink.Port, "none"))
            + $"certificates:\n  public: {{ certFile: \"{certificate.CertFile}\", keyFile: \"{certificate.KeyFile}\", ocsp: staple }}\n";
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(yaml);
        await proxy.MetricReachesAsync(1, "ocsp_refreshes_total", ("result", "ok"));

        foreach (string version in (string[])["-tls1_2", "-tls1_3"])
        {
            string said = (await TalkAsync(_port, "QUIT\r\n", version, "-status")).MustSucceed(version).All;
            Assert.Contains("OCSP Response Status: successful (0x0)", said, StringComparison.Ordinal);
            Assert.Contains("Cert Status: good", said, StringComparison.Ordinal);
        }
        await proxy.StopAsync();
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task ReplicasWithOneFileOfTicketKeysResumeEachOthersSessions_3_7(string version)
    {
        int otherPort = Ports.Free();
        string keys = _scratch.Write("tickets.keys", Key(1));
        PemPair certificate = _ca.Issue(Names.Proxy);
        await using var sink = new SmtpSink();
        await using ProxyProcess one = await ProxyProcess.StartAsync(Replica(_port, sink.Port, certificate, keys));
        await using ProxyProcess two = await ProxyProcess.StartAsync(Replica(otherPort, sink.Port, certificate, keys));
        string session = _scratch.PathTo("session.pem");

        Assert.Contains("New, TLSv1", (await TalkAsync(_port, "EHLO c.test\r\nQUIT\r\n", version, "-sess_out", session)).MustSucceed("new").All, StringComparison.Ordinal);
        Assert.Contains("Reused, TLSv1", (await TalkAsync(otherPort, "EHLO c.test\r\nQUIT\r\n", version, "-sess_in", session)).MustSucceed("reused").All, StringComparison.Ordinal);

        _scratch.Write("tickets.new", Key(2) + Key(1));
        File.Move(_scratch.PathTo("tickets.new"), keys, overwrite: true);
        await two.MetricReachesAsync(1, "ticket_key_reloads_total", ("result", "success"));
        Assert.Contains("Reused, TLSv1", (await TalkAsync(otherPort, "EHLO c.test\r\nQUIT\r\n", version, "-sess_in", session)).MustSucceed("rotated").All, StringComparison.Ordinal);
        Assert.DoesNotContain(Key(1).Trim(), one.Said + two.Said, StringComparison.Ordinal);
        await one.StopAsync();
        await two.StopAsync();
    }

    [Fact]
    public async Task ADeviceOfTls10IsServedByALegacyListenerAloneAndLeavesAsTls13_3_7()
    {
        int modern = Ports.Free();
        await using var sink = new SmtpSink(new SinkOptions { Certificate = _ca.Issue(Names.Server) });
        string listeners = Yaml.Listener("old", _port, "required", "far", "tlsSettings: { profile: legacy }, " + EndsSoon) + Yaml.Listener("new", modern, "required", "far", "tlsSettings: { profile: modern }");
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(listeners, Yaml.Upstream("far", sink.Port, "required", Yaml.Verified(_ca.File)), _ca.Issue(Names.Proxy)));

        Ran sent = await TalkAsync(_port, $"EHLO c.test\r\nMAIL FROM:<a@{Names.Foreign}>\r\nRCPT TO:<{Names.NewRecipient()}>\r\nDATA\r\nSubject: old\r\n\r\nHello.\r\n.\r\n", "-tls1", "-cipher", "DEFAULT@SECLEVEL=0");
        Assert.Contains("Protocol  : TLSv1\n", sent.All, StringComparison.Ordinal);
        Assert.Equal(1, sink.Messages);
        await proxy.MetricReachesAsync(1, "listener_tls_sessions_total", ("listener", "old"), ("version", "TLSv1"));
        await proxy.MetricReachesAsync(1, "upstream_tls_sessions_total", ("upstream", "far"), ("version", "TLSv1.3"));

        foreach (string version in (string[])["-tls1", "-tls1_1", "-tls1_2"])
            Assert.NotEqual(0, (await TalkAsync(modern, "QUIT\r\n", version, "-cipher", "DEFAULT@SECLEVEL=0")).ExitCode);
        await proxy.MetricReachesAsync(3, "listener_tls_handshakes_total", ("listener", "new"), ("result", "protocol"));
        await proxy.StopAsync();
    }

    [Theory]
    [InlineData("openssl")]
    [InlineData("curl")]
    [InlineData("swaks")]
    public async Task ARequiredClientCertificateIsShownOrNothingIsServed(string tool)
    {
        await using var sink = new SmtpSink();
        string asks = $"clientCertificates: {{ mode: require, caFile: \"{_ca.File}\", subjects: [printer-7] }}, " + EndsSoon;
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(Yaml.Listener("mx", _port, "required", "legacy", asks), Yaml.Upstream("legacy", sink.Port, "none"), _ca.Issue(Names.Proxy)));

        (await SendAsync(tool, _ca.IssueForClient("printer-7"))).MustSucceed(tool + proxy.Said);
        Assert.Equal(1, sink.Messages);
        await SendAsync(tool, _ca.IssueForClient("printer-8"));
        await SendAsync(tool, null);
        Assert.Equal(1, sink.Messages);

        await proxy.MetricReachesAsync(1, "messages_total", ("client_security", "mtls"), ("outcome", "accepted"));
        await proxy.MetricReachesAsync(1, "listener_tls_handshakes_total", ("result", "name"));
        await proxy.MetricReachesAsync(1, "listener_tls_handshakes_total", ("result", "untrusted"));
        await proxy.StopAsync();
        Assert.Contains("\"client_certificate\":\"printer-7\"", proxy.Said, StringComparison.Ordinal);
        Assert.Contains("the client has shown no certificate", proxy.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASelfSignedCertificateIsMadeWhenAskedForByName()
    {
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = ProxyProcess.Start(
            "run", "--listen", $"127.0.0.1:{_port}", "--tls", "opportunistic", "--upstream", $"127.0.0.1:{sink.Port}", "--upstream-tls", "none", "--self-signed", "made.test", "--metrics", "disabled");
        await Eventually.TrueAsync(() => RawSmtp.AnswersAsync(_port), () => "it serves; it said:\n" + proxy.Said);
        Assert.Contains("subject=CN = made.test", (await TalkAsync(_port, "QUIT\r\n", "-servername", "made.test")).All, StringComparison.Ordinal);
        await proxy.StopAsync();
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    Task<Ran> SendAsync(string tool, PemPair? shown)
    {
        string letter = _scratch.Write("letter.eml", "Subject: x\r\n\r\nHello.\r\n"), to = Names.NewRecipient();
        return tool switch
        {
            "curl" => Shell.RunAsync(Needs.Tool("curl"),
            [
                "--silent", "--show-error", "--max-time", "20", "--ssl-reqd", "--cacert", _ca.File, "--mail-from", "a@foreign.test", "--mail-rcpt", to, "-T", letter, $"smtp://localhost:{_port}",
                .. shown is null ? (string[])[] : ["--cert", shown.CertFile, "--key", shown.KeyFile],
            ]),
            "swaks" => Shell.RunAsync(Needs.Tool("swaks"),
            [
                "--server", "127.0.0.1", "--port", $"{_port}", "--tls", "--from", "a@foreign.test", "--to", to, "--timeout", "20",
                .. shown is null ? (string[])[] : ["--tls-cert", shown.CertFile, "--tls-key", shown.KeyFile],
            ]),
            _ => TalkAsync(_port, $"EHLO c.test\r\nMAIL FROM:<a@foreign.test>\r\nRCPT TO:<{to}>\r\nDATA\r\nSubject: x\r\n\r\nHello.\r\n.\r\n", shown is null ? [] : ["-cert", shown.CertFile, "-key", shown.KeyFile]),
        };
    }

    Task<Ran> TalkAsync(int port, string words, params string[] more) => Shell.RunAsync(Needs.Tool("openssl"),
        ["s_client", "-connect", $"127.0.0.1:{port}", "-starttls", "smtp", "-CAfile", _ca.File, "-ign_eof", .. more], Encoding.ASCII.GetBytes(words), TimeSpan.FromSeconds(30));

    static string Replica(int port, int upstream, PemPair certificate, string keys) =>
        Yaml.Whole(Yaml.Listener("mx", port, "opportunistic", "legacy"), Yaml.Upstream("legacy", upstream, "none"), certificate, $"tickets: {{ keyFile: \"{keys}\" }}\n");

    static string Key(int number) => Convert.ToBase64String([.. Enumerable.Range(number, 80).Select(octet => (byte)octet)]) + "\n";
}
