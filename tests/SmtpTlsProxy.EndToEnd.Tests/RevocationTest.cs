namespace SmtpTlsProxy.EndToEnd;

/// <summary>Servers whose authority is asked about their certificates: a real OCSP responder, and one that is not there.</summary>
public sealed class RevocationTest : IDisposable
{
    readonly Scratch _scratch = new();

    [Fact]
    public async Task WhatTheResponderSaysDecides_4_6()
    {
        using var ca = new TestCa(_scratch);
        int responder = Ports.Free();
        PemPair good = ca.Issue(Names.Server, ocsp: $"http://127.0.0.1:{responder}"), revoked = ca.Issue(Names.Server, ocsp: $"http://127.0.0.1:{responder}"),
            silent = ca.Issue(Names.Server, ocsp: $"http://127.0.0.1:{Ports.Free()}");
        await using RevocationResponder answers = await RevocationResponder.StartAsync(_scratch, ca, responder, [good], [revoked]);
        (PemPair Shown, string Tls, string Mode, string Result)[] cells =
        [
            (good, "required", "soft", "ok"), (good, "required", "hard", "ok"), (revoked, "required", "disabled", "ok"),
            (revoked, "required", "soft", "revoked"), (revoked, "implicit", "hard", "revoked"), (revoked, "opportunistic", "hard", "unverified"),
            (silent, "required", "soft", "ok"), (silent, "required", "hard", "untrusted"),
        ];
        SmtpSink[] sinks = [.. cells.Select(cell => new SmtpSink(new SinkOptions { Certificate = cell.Shown, Capabilities = ["AUTH PLAIN"] }))];
        ScriptedUpstream inside = new(stream => stream.BeServerAsync(new System.Net.Security.SslServerAuthenticationOptions { ServerCertificate = revoked.Load() }));
        int[] ports = [.. cells.Select(_ => Ports.Free())];
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            string.Concat(cells.Select((_, at) => Yaml.Listener($"l{at}", ports[at], "none", $"u{at}", "allow: [127.0.0.0/8]"))),
            string.Concat(cells.Select((cell, at) => Yaml.Upstream($"u{at}", cell.Tls is "implicit" ? inside.Port : sinks[at].Port, cell.Tls,
                $"verify: {{ mode: pkix, name: {Names.Server}, caFile: \"{ca.File}\", revocation: {cell.Mode} }}")))));

        for (int at = 0; at < cells.Length; at++)
        {
            for (int time = 0; time < 2; time++)                      // the second resumes, and is asked about as well
            {
                await using RawSmtp client = await RawSmtp.ConnectAsync(ports[at]);
                string greeting = await client.ReplyAsync();
                Assert.True(greeting.StartsWith(cells[at].Result is "ok" or "unverified" ? "220" : "421 4.7.5", StringComparison.Ordinal), $"{cells[at]}: {greeting}{proxy.Said}");
                if (!greeting.StartsWith("220", StringComparison.Ordinal))
                    continue;
                await client.EhloAsync();
                Assert.Equal(cells[at].Result is "ok", client.Capabilities.Contains("AUTH", StringComparison.Ordinal));
                Assert.StartsWith("250", await client.MailAsync(Names.NewRecipient(), "x\r\n"u8.ToArray()), StringComparison.Ordinal);
                await client.QuitAsync();
            }
            (string, string) upstream = ("upstream", $"u{at}");
            if (cells[at].Result is "unverified")
                await proxy.MetricReachesAsync(2, "messages_total", upstream, ("upstream_security", "unverified"));
            else
                await proxy.MetricReachesAsync(2, "upstream_tls_handshakes_total", upstream, ("result", cells[at].Result));
            if (cells[at].Result is "revoked" or "untrusted")
                Assert.False(sinks[at].Heard("MAIL") || sinks[at].Heard("EHLO", inTls: true));
        }

        await proxy.StopAsync();
        await inside.DisposeAsync();
        foreach (SmtpSink sink in sinks)
            await sink.DisposeAsync();
    }

    public void Dispose() => _scratch.Dispose();
}
