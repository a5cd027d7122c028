using System.Collections.Concurrent;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Peers of every bad kind: half-open handshakes, silence, junk by the thousand, and octets that drip.</summary>
sealed class Crowd(int mx, int submissions, string caFile) : IAsyncDisposable
{
    const int HalfOpen = 500, Silent = 1_000, Junk = 10_000, AtOnce = 32;

    /// <summary>A handshake that has begun: a ClientHello's record header and its first octets.</summary>
    static readonly byte[] s_hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];

    readonly ConcurrentBag<RawSmtp> _members = [];
    readonly CancellationTokenSource _over = new();
    readonly ConcurrentBag<Task> _busy = [];
    int _junkAnswers;

    public int JunkAnswers => Volatile.Read(ref _junkAnswers);

    /// <summary>All are there, the junk was said and answered; the drips go on.</summary>
    public async Task GatherAsync()
    {
        await EachAsync(HalfOpen / 2, HalfOpenImplicitAsync);
        await EachAsync(HalfOpen / 2, HalfOpenStartTlsAsync);
        await EachAsync(Silent, SilentAsync);
        foreach (Func<RawSmtp, Task> state in s_states)
            _busy.Add(DripAsync(state));
        await JunkAsync();
    }

    /// <summary>Says its junk again and again, as long as it is there.</summary>
    public void KeepTalking() => _busy.Add(Task.Run(async () =>
    {
        while (!_over.IsCancellationRequested)
            await JunkAsync();
    }));

    public async ValueTask DisposeAsync()
    {
        if (_over.IsCancellationRequested)
            return;
        await _over.CancelAsync();
        await Task.WhenAll(_busy);
        foreach (RawSmtp member in _members)
            await member.DisposeAsync();
    }

    static readonly Func<RawSmtp, Task>[] s_states =
    [
        _ => Task.CompletedTask,
        async client => { await client.ExpectAsync("220"); await client.EhloAsync(); },
        async client => { await client.ExpectAsync("220"); await client.EhloAsync(); await client.AskAsync("STARTTLS", "220"); await client.SendAsync(s_hello); },
        async client => { await client.ExpectAsync("220"); await client.EhloAsync(); await client.AskAsync("MAIL FROM:<a@client.test>", "250"); await client.AskAsync("RCPT TO:<b@own.test>", "250"); await client.AskAsync("DATA", "354"); },
        async client => { await client.ExpectAsync("220"); await client.EhloAsync(); await client.AskAsync("MAIL FROM:<a@client.test>", "250"); await client.AskAsync("RCPT TO:<b@own.test>", "250"); await client.SendAsync("BDAT 100000 LAST\r\n"); },
    ];

    static Task EachAsync(int count, Func<Task> make) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => await make());

    async Task<RawSmtp> JoinAsync(int port)
    {
        RawSmtp member = await RawSmtp.ConnectAsync(port);
        _members.Add(member);
        return member;
    }

    async Task SilentAsync() => await JoinAsync(mx);

    async Task HalfOpenImplicitAsync() => await (await JoinAsync(submissions)).SendAsync(s_hello);

    async Task HalfOpenStartTlsAsync()
    {
        RawSmtp member = await JoinAsync(mx);
        await member.ExpectAsync("220");
        await member.AskAsync("EHLO client.test", "250");
        await member.AskAsync("STARTTLS", "220");
        await member.SendAsync(s_hello);
    }

    async Task DripAsync(Func<RawSmtp, Task> state)
    {
        RawSmtp member = await JoinAsync(mx);
        await state(member);
        try
        {
            while (!_over.IsCancellationRequested)
            {
                await member.SendAsync("x");
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
        catch (Exception gone) when (SmtpStream.IsGone(gone))
        {
            // it was thrown out
        }
    }

    // Refused here, refused there, or no command at all; half of them inside TLS.
    async Task JunkAsync()
    {
        string[] junk = ["1", "\x7f", "X-EXPS GSSAPI", "LHLO a", "MAIL\tFROM", new string('j', 300) + "\x01"];
        byte[] all = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, Junk / 2).Select(i => junk[i % junk.Length] + "\r\n")));
        await using RawSmtp clear = await RawSmtp.GreetedAsync(mx);
        await clear.EhloAsync();
        await using RawSmtp secured = await RawSmtp.SecuredAsync(mx, caFile);
        await Task.WhenAll(((RawSmtp[])[clear, secured]).Select(client => PourAsync(client, all)));
    }

    async Task PourAsync(RawSmtp client, byte[] all)
    {
        Task saying = Task.Run(async () =>
        {
            foreach (byte[] piece in all.Chunk(3_000))
                await client.SendAsync(piece);
        });
        for (int i = 0; i < Junk / 2; i++)
        {
            await client.ExpectAsync("5");
            Interlocked.Increment(ref _junkAnswers);
        }
        await saying;
        await client.QuitAsync();
    }
}
