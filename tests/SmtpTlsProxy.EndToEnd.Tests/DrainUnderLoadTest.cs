using System.Collections.Concurrent;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>SIGTERM while real clients send as fast as they can (rule 6.4): what a client was told is true, and nobody is cut off in the middle.</summary>
public sealed class DrainUnderLoadTest(ITestOutputHelper output)
{
    readonly ConcurrentBag<string> _accepted = [];
    readonly ConcurrentBag<string> _partings = [];

    [Fact(DisableParallelization = true)]
    public async Task EveryMessageWhoseClientSaw250ArrivesOnceAndNobodyIsCutOff_6_4()
    {
        await using Behind behind = await Behind.StartAsync("Postfix");
        Task[] clients = [LoopSwaksAsync(behind), LoopSmtplibAsync(behind), LoopSmtplibAsync(behind), LoopMailKitAsync(behind), LoopMailKitAsync(behind)];
        await Eventually.TrueAsync(() => _accepted.Count >= 40, "forty messages are through", TimeSpan.FromSeconds(60));

        behind.Proxy.Terminate();

        await behind.Proxy.EndsAsync(exitCode: 0, limit: TimeSpan.FromSeconds(27));
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60));
        output.WriteLine($"{_accepted.Count} accepted; partings:\n{string.Join('\n', _partings)}");
        Assert.Equal(clients.Length, _partings.Count);
        Assert.All(_partings, parting => Assert.Matches("^(421|refused)", parting));
        await ArrivedOnceAsync(behind);
    }

    async Task ArrivedOnceAsync(Behind behind)
    {
        string[] missing = [];
        await Eventually.TrueAsync(
            () => (missing = [.. _accepted.Except(behind.Server.Recipients())]).Length == 0,
            "all that was accepted arrives");
        Dictionary<string, int> copies = behind.Server.Recipients().CountBy(recipient => recipient).ToDictionary();
        Assert.All(_accepted, recipient => Assert.Equal(1, copies[recipient]));
    }

    // A process a message: its transcript tells how it ended.
    async Task LoopSwaksAsync(Behind behind)
    {
        while (true)
        {
            string to = Names.NewRecipient();
            Ran ran = await MailClient.Called("swaks").SendAsync(behind.Sending(to, Letters.Tricky()));
            if (ran.ExitCode == 0)
            {
                _accepted.Add(to);
                continue;
            }
            // Behind a 421 it still says HELO or QUIT, and finds the end.
            string? last = ran.All.Split('\n').LastOrDefault(line => line.Length > 3 && char.IsAsciiDigit(line[0]) && line[3] is ' ');
            _partings.Add(ran.All.Contains("Connection refused", StringComparison.Ordinal) ? "refused: swaks" : last?.StartsWith("421", StringComparison.Ordinal) == true ? last : ran.All);
            return;
        }
    }

    // One process, a session for every three messages; it notes each reply, for an exception forgets it.
    async Task LoopSmtplibAsync(Behind behind)
    {
        const string Script = """
            import smtplib, ssl, sys, uuid
            port, ca, domain = sys.argv[1:]
            context = ssl.create_default_context(cafile=ca)
            last = ""
            class Noting(smtplib.SMTP):
                def getreply(self):
                    global last
                    code, words = super().getreply()
                    last = f"{code} {words.decode('latin-1')}"
                    return code, words
            while True:
                last = ""
                try:
                    smtp = Noting("localhost", int(port), local_hostname="client.test", timeout=60)
                    smtp.starttls(context=context)
                    for _ in range(3):
                        to = f"r{uuid.uuid4().hex}@{domain}"
                        smtp.sendmail("sender@client.test", [to], b"Subject: load\r\n\r\n" + b"..line\r\n" * 200)
                        print("accepted", to, flush=True)
                    smtp.quit()
                except ConnectionRefusedError:
                    print("parting", "refused: smtplib")
                    break
                except Exception as gone:
                    print("parting", last if last.startswith("421") else f"{gone!r} behind {last!r}")
                    break
            """;
        Ran ran = await Shell.RunAsync(Needs.Tool("python3"), ["-c", Script, $"{behind.Tls}", behind.CaFile, Names.Domain]);
        foreach (string[] line in ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2)))
            (line[0] == "accepted" ? _accepted : _partings).Add(line[1]);
    }

    async Task LoopMailKitAsync(Behind behind)
    {
        while (true)
        {
            using var transcript = new MemoryStream();
            using var client = new SmtpClient(new ProtocolLogger(transcript, leaveOpen: true)) { CheckCertificateRevocation = false, LocalDomain = "client.test", Timeout = 60_000 };
            client.ServerCertificateValidationCallback = (_, _, _, _) => true;
            try
            {
                await client.ConnectAsync("localhost", behind.Tls, SecureSocketOptions.StartTls);
                for (int i = 0; i < 3; i++)
                    await SendAsync(client);
                await client.DisconnectAsync(quit: true);
            }
            catch (System.Net.Sockets.SocketException refused) when (refused.SocketErrorCode is System.Net.Sockets.SocketError.ConnectionRefused)
            {
                _partings.Add("refused: MailKit");
                return;
            }
            catch (Exception gone) when (gone is SmtpCommandException or SmtpProtocolException or ServiceNotConnectedException or IOException)
            {
                string? last = System.Text.Encoding.UTF8.GetString(transcript.ToArray()).Split('\n').LastOrDefault(line => line.StartsWith("S: ", StringComparison.Ordinal));
                _partings.Add(last is not null && last.StartsWith("S: 421", StringComparison.Ordinal) ? last[3..] : $"{gone.Message} behind {last}");
                return;
            }
        }
    }

    async Task SendAsync(SmtpClient client)
    {
        string to = Names.NewRecipient();
        using MimeMessage message = await MimeMessage.LoadAsync(new MemoryStream(Letters.Tricky()));
        await client.SendAsync(message, new MailboxAddress("", "sender@client.test"), [new MailboxAddress("", to)]);
        _accepted.Add(to);
    }
}
