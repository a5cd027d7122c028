using System.Net;
using System.Text;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>What the demo shows.</summary>
static class DemoScenes
{
    /// <summary>A message from an application that knows no TLS, through two proxies, to a server that knows none either.</summary>
    public static async Task DeliverAsync(DemoStage stage, CancellationToken cancel)
    {
        Console.WriteLine($"""

              application ──plain──▶ proxy (outbound) ══TLS══▶ proxy (mx) ──plain──▶ legacy server
                                 127.0.0.1:{stage.Ports.Outbound}              127.0.0.1:{stage.Ports.Mx}

            """);
        using DemoClient client = new();
        await client.ConnectAsync(stage.Outbound, cancel);
        foreach (string line in (string[])["EHLO app.demo.test", "MAIL FROM:<app@demo.test>", "RCPT TO:<you@demo.test>", "DATA"])
            await client.SayAsync(line, cancel);
        await client.SayAsync("From: app@demo.test\nTo: you@demo.test\nSubject: Through the proxy\n\nNobody on the wire could read this.\n.", cancel);
        await client.SayAsync("QUIT", cancel);
        Console.WriteLine(SideBySide.Render("on the wire: what a listener sees", stage.Wire.Heard, "the last yard: what the legacy server sees", stage.Plain.Heard, rows: 26));
        await ShowAsync(stage, cancel, "messages_total", "upstream_tls_sessions_total");
        Console.WriteLine($"""
              Send one of your own by STARTTLS (copy all of it):

            { OwnCommand(stage) }

              Run with --attack strip, inject, smuggle or relay to see a refusal.
            """);
    }

    /// <summary>A machine in the middle takes the offer of STARTTLS out, so that mail should go on in the clear.</summary>
    public static async Task StripAsync(DemoStage stage, CancellationToken cancel)
    {
        Console.WriteLine("\n  The wire between the proxy and the server is honest, and the application is greeted:");
        Show(await GreetingAsync(stage, cancel));
        Console.WriteLine("  Now an attacker on the wire overwrites STARTTLS in the server's answer, hoping that the mail comes in the clear:");
        byte[] before = stage.Wire.Heard;
        stage.Wire.Strips = true;
        IReadOnlyList<string> refused = await GreetingAsync(stage, cancel);
        Show([.. Encoding.Latin1.GetString(stage.Wire.Heard.AsSpan(before.Length)).TrimEnd().Split("\r\n").Select(line => "on the wire: " + line)]);
        Console.WriteLine("  The upstream is tls: required, so the application hears at once that its mail must wait, and nothing of it was sent:");
        Show(refused);
        await ShowAsync(stage, cancel, "upstream_starttls_total", "proxy_replies_total");
    }

    static async Task<IReadOnlyList<string>> GreetingAsync(DemoStage stage, CancellationToken cancel)
    {
        using DemoClient client = new();
        if ((await client.ConnectAsync(stage.Outbound, cancel)).StartsWith("220", StringComparison.Ordinal))
            await client.SayAsync("QUIT", cancel);
        return client.Transcript;
    }

    /// <summary>Plaintext smuggled in behind STARTTLS, in one segment (CVE-2011-0411 and its relatives).</summary>
    public static async Task InjectAsync(DemoStage stage, CancellationToken cancel)
    {
        Console.WriteLine("\n  An attacker on the wire slips commands in behind STARTTLS, hoping that they are executed inside TLS:\n");
        using DemoClient client = new();
        await client.ConnectAsync(stage.Mx, cancel);
        await client.SayAsync("EHLO attacker.demo.test", cancel);
        await client.SayAsync("STARTTLS\nMAIL FROM:<attacker@demo.test>\nRCPT TO:<victim@demo.test>", cancel);
        Show(client.Transcript);
        await ShowAsync(stage, cancel, "listener_starttls_total", "protocol_violations_total");
    }

    /// <summary>A second message inside the first, behind an end of data that only lenient servers see (SMTP smuggling, 2023).</summary>
    public static async Task SmuggleAsync(DemoStage stage, CancellationToken cancel)
    {
        Console.WriteLine("\n  The legacy server takes <LF>.<CR><LF> for the end of a message. Straight into it, one message becomes two:");
        Show(await SmuggleIntoAsync(stage.Legacy, cancel));
        Console.WriteLine("  The same octets through the proxy: one message, and the false end inside it is disarmed by a second dot:");
        Show(await SmuggleIntoAsync(stage.Mx, cancel));
        await ShowAsync(stage, cancel, "protocol_violations_total", "messages_total");
    }

    static async Task<IReadOnlyList<string>> SmuggleIntoAsync(IPEndPoint to, CancellationToken cancel)
    {
        using DemoClient client = new();
        await client.ConnectAsync(to, cancel);
        foreach (string line in (string[])["EHLO attacker.demo.test", "MAIL FROM:<attacker@demo.test>", "RCPT TO:<victim@demo.test>", "DATA"])
            await client.SayAsync(line, cancel);
        await client.SayRawAndQuitAsync(
            "Subject: harmless\r\n\r\nHello.\n.\r\nMAIL FROM:<admin@demo.test>\r\nRCPT TO:<victim@demo.test>\r\nDATA\r\nSubject: forged\r\n\r\nSmuggled.\r\n.\r\n", cancel);
        return client.Transcript;
    }

    /// <summary>The two ways in which a proxy makes an open relay of a server that trusts its neighbours, both refused.</summary>
    public static async Task RelayAsync(DemoStage stage, CancellationToken cancel)
    {
        Console.WriteLine("\n  Behind a proxy every stranger is 127.0.0.1, which a mail server trusts. A configuration that would make a relay is refused:\n");
        string open = stage.Configuration.Replace($"127.0.0.1:{stage.Ports.Mx}", $"0.0.0.0:{stage.Ports.Mx}", StringComparison.Ordinal);
        Console.WriteLine($"    address: 0.0.0.0:{stage.Ports.Mx}   # and no identity written\n");
        foreach (Mistake mistake in DemoConfiguration.Load(open.Replace("    identity: none\n", "", StringComparison.Ordinal)).Mistakes)
            Console.WriteLine($"    refused: {mistake}");
        Console.WriteLine("\n  With identity: xclient, before a server that does not take it (this one), the client is turned away at the greeting:\n");
        using DemoClient client = new();
        await client.ConnectAsync(stage.Strangers, cancel);
        Show(client.Transcript);
        await ShowAsync(stage, cancel, "proxy_replies_total");
    }

    static void Show(IReadOnlyList<string> transcript)
    {
        Console.WriteLine();
        foreach (string line in transcript)
            Console.WriteLine($"    {line}");
        Console.WriteLine();
    }

    static async Task ShowAsync(DemoStage stage, CancellationToken cancel, params string[] names)
    {
        Console.WriteLine("  The metrics that moved:\n");
        foreach (string line in await stage.MovedAsync(cancel, names))
            Console.WriteLine($"    {line}");
        Console.WriteLine();
    }

    static string OwnCommand(DemoStage stage) => $"""
            (for line in 'EHLO me.example' 'MAIL FROM:<me@example.com>' 'RCPT TO:<you@demo.test>' DATA 'Subject: mine' '' 'Hello.' . QUIT; do
               echo "$line"; sleep 0.2; done) |
              openssl s_client -quiet -crlf -starttls smtp -connect 127.0.0.1:{stage.Ports.Mx} -servername {DemoCertificate.Name} -CAfile {stage.CertificateFile} -verify_return_error
        """;
}
