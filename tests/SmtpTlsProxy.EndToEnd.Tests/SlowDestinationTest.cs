using System.Collections.Concurrent;
using System.Diagnostics;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>By hand, on a quiet machine: one of three servers takes two seconds for each answer. What do the sessions of the others notice?</summary>
public sealed class SlowDestinationTest(ITestOutputHelper output)
{
    const int Rounds = 5, Sessions = 240;
    static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(20);

    [Fact(DisableParallelization = true, Explicit = true)]
    public async Task ASlowDestinationDoesNotDragTheOthersDown()
    {
        List<double> ratios = [];
        for (int round = 0; round < Rounds; round++)
        {
            double without = await MedianAsync(TimeSpan.Zero);
            double with = await MedianAsync(TimeSpan.FromSeconds(2));
            ratios.Add(with / without);
            output.WriteLine($"p50 of the fast ones' sessions: {without:f2} ms beside a fast third, {with:f2} ms beside a slow one");
        }
        double median = ratios.Order().ElementAt(Rounds / 2);
        output.WriteLine($"median ratio {median:f3}");
        Assert.InRange(median, 0, 1.10);
    }

    // Sessions arrive at their own rate, whatever becomes of those before.
    static async Task<double> MedianAsync(TimeSpan pause)
    {
        await using NamedServer one = new("fast"), two = new("fast"), three = new("third", pause: pause);
        int listener = Ports.Free();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("app", listener, "none", "store", "allow: [127.0.0.0/8]"),
            $"  store: {{ destinations: [\"127.0.0.1:{one.Port}\", \"127.0.0.1:{two.Port}\", \"127.0.0.1:{three.Port}\"], tls: none }}\n"));
        ConcurrentBag<double> fast = [];
        List<Task> sessions = [];
        for (int i = 0; i < Sessions; i++)
        {
            sessions.Add(SessionAsync(listener, fast));
            await Task.Delay(s_between);
        }
        await Task.WhenAll(sessions);
        return fast.Order().ElementAt(fast.Count / 2);
    }

    static async Task SessionAsync(int listener, ConcurrentBag<double> fast)
    {
        long began = Stopwatch.GetTimestamp();
        await using RawSmtp client = await RawSmtp.ConnectAsync(listener);
        string greeting = await client.ExpectAsync("220", TimeSpan.FromSeconds(30));
        foreach (string command in (string[])["EHLO client.test", "MAIL FROM:<a@client.test>", "RCPT TO:<b@own.test>", "RSET", "QUIT"])
        {
            await client.SendAsync(command + "\r\n");
            await client.ReplyAsync(TimeSpan.FromSeconds(30));
        }
        if (greeting.StartsWith("220 fast", StringComparison.Ordinal))
            fast.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }
}
