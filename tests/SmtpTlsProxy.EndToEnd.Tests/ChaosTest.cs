using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>Three servers, one of which loses its power, twenty times at random, while real clients send.</summary>
public sealed class ChaosTest(ITestOutputHelper output)
{
    const int Kills = 20, Seed = 20261125;

    // A queue that is looked at often: what was queued when the power went is delivered soon.
    const string Hasty = "queue_run_delay = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 2s";

    readonly ConcurrentBag<string> _accepted = [];
    readonly ConcurrentBag<string> _untold = [];                      // the dot went out, and no 250 came back
    readonly ConcurrentBag<string> _deadSockets = [];
    int _failed;
    volatile bool _isOver;

    [Fact(DisableParallelization = true)]
    public async Task EveryAcceptedMessageIsInOneMailbox_AndNobodyMeetsADeadSocket_4_6_5_4()
    {
        long began = Stopwatch.GetTimestamp();
        Postfix[] servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Postfix.StartAsync(new PostfixOptions { Extra = Hasty })));
        try
        {
            using var scratch = new Scratch();
            using var ca = new TestCa(scratch);
            int listener = Ports.Free();
            await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
                Yaml.Listener("mx", listener, "required", "store"),
                $"  store: {{ destinations: [{string.Join(", ", servers.Select(server => $"\"127.0.0.1:{server.Port}\""))}], tls: none, health: {{ interval: 500ms, timeout: 2s, reactivation: 2s }} }}\n",
                ca.Issue(Names.Proxy)));
            Task[] clients = [LoopSwaksAsync(listener, ca.File), LoopSwaksAsync(listener, ca.File), LoopMailKitAsync(listener), LoopMailKitAsync(listener), LoopMailKitAsync(listener)];
            await KillAsync(servers);
            _isOver = true;
            await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60));
            MetricsPage metrics = await proxy.MetricsAsync();
            await JudgeAsync(servers);
            output.WriteLine($"{Kills} kills, {_accepted.Count} accepted, {_failed} sessions failed, {_untold.Count} not told behind the dot, retries {metrics["upstream_retries_total"]}, panics {metrics["upstream_panic_total"]}, {Stopwatch.GetElapsedTime(began).TotalSeconds:f0} s");
            Assert.True(_deadSockets.IsEmpty, $"{_deadSockets.Count} dead sockets, such as\n{_deadSockets.FirstOrDefault()}");
            Assert.True(_accepted.Count > Kills, $"only {_accepted.Count} messages were accepted");
        }
        finally
        {
            foreach (Postfix server in servers)
                await server.DisposeAsync();
        }
    }

    async Task JudgeAsync(Postfix[] servers)
    {
        Dictionary<string, int[]> where = [];
        string[] missing = [];
        await Eventually.TrueAsync(
            () =>
            {
                where = Where(servers);
                return Task.FromResult((missing = [.. _accepted.Where(to => !where.ContainsKey(to))]).Length == 0);
            },
            () => $"all that was accepted arrives; missing {string.Join(' ', missing)}", TimeSpan.FromSeconds(30));
        Assert.All(_accepted, to => Assert.Single(where[to], copies => copies > 0));
        Assert.Empty(where.Keys.Except(_accepted).Except(_untold));
        output.WriteLine($"{where.Keys.Intersect(_untold).Count()} arrived of which the client was not told, {_accepted.Count(to => where[to].Sum() > 1)} were delivered twice by a server that came back");
    }

    static Dictionary<string, int[]> Where(Postfix[] servers)
    {
        Dictionary<string, int[]> where = [];
        for (int at = 0; at < servers.Length; at++)
        {
            foreach (string recipient in servers[at].Recipients())
            {
                if (!where.TryGetValue(recipient, out int[]? copies))
                    where[recipient] = copies = new int[servers.Length];
                copies[at]++;
            }
        }
        return where;
    }

    // Never the last one that lives.
    static async Task KillAsync(Postfix[] servers)
    {
        var random = new Random(Seed);
        Task[] starting = [.. servers.Select(_ => Task.CompletedTask)];
        for (int kills = 0; kills < Kills; kills++)
        {
            await Task.Delay(random.Next(300, 1_200));
            while (starting.Count(task => task.IsCompleted) < 2)
                await Task.WhenAny(starting.Where(task => !task.IsCompleted));
            int[] alive = [.. Enumerable.Range(0, servers.Length).Where(at => starting[at].IsCompleted)];
            int victim = alive[random.Next(alive.Length)];
            await starting[victim];
            await servers[victim].KillAsync();
            starting[victim] = servers[victim].StartAgainAsync();
        }
        await Task.WhenAll(starting);
    }

    async Task LoopSwaksAsync(int port, string caFile)
    {
        while (!_isOver)
        {
            string to = Names.NewRecipient();
            Ran ran = await MailClient.Called("swaks").SendAsync(new Sending(port, Security.StartTls, to, Letters.Tricky()) { CaFile = caFile });
            if (ran.ExitCode == 0)
            {
                _accepted.Add(to);
                continue;
            }
            Interlocked.Increment(ref _failed);
            string[] lines = ran.All.Split('\n');
            if (lines.Any(line => line.TrimEnd() == "."))
                _untold.Add(to);
            if (!lines.Any(line => line.Length > 3 && line[..3].All(char.IsAsciiDigit) && line[3] is ' ' or '-'))
                _deadSockets.Add(ran.All);
        }
    }

    async Task LoopMailKitAsync(int port)
    {
        while (!_isOver)
        {
            using var transcript = new MemoryStream();
            using var client = new SmtpClient(new ProtocolLogger(transcript, leaveOpen: true)) { CheckCertificateRevocation = false, LocalDomain = "client.test", Timeout = 60_000 };
            client.ServerCertificateValidationCallback = (_, _, _, _) => true;
            string to = "";
            try
            {
                await client.ConnectAsync("localhost", port, SecureSocketOptions.StartTls);
                for (int i = 0; i < 3; i++)
                    await SendAsync(client, to = Names.NewRecipient());
                await client.DisconnectAsync(quit: true);
            }
            catch (Exception gone) when (gone is SmtpCommandException or SmtpProtocolException or ServiceNotConnectedException or IOException or System.Net.Sockets.SocketException)
            {
                Interlocked.Increment(ref _failed);
                string said = Encoding.UTF8.GetString(transcript.ToArray());
                int mail = said.LastIndexOf("C: MAIL FROM", StringComparison.Ordinal);
                if (mail >= 0 && said[mail..].Contains("S: 354", StringComparison.Ordinal) && !_accepted.Contains(to))
                    _untold.Add(to);
                if (!said.Contains("S: ", StringComparison.Ordinal))
                    _deadSockets.Add($"{gone.Message}\n{said}");
            }
        }
    }

    async Task SendAsync(SmtpClient client, string to)
    {
        using MimeMessage message = await MimeMessage.LoadAsync(new MemoryStream(Letters.Tricky()));
        await client.SendAsync(message, new MailboxAddress("", "sender@client.test"), [new MailboxAddress("", to)]);
        _accepted.Add(to);
    }
}
