using System.Text;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Transport.Sockets;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>A client's side of SMTP over a leg, on the generator's loop. Whatever it does not expect ends the run.</summary>
sealed class Client(Waiter waiter, Target target)
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30), s_linger = TimeSpan.FromSeconds(2);
    static readonly SocketDialler s_dialler = new();

    Leg? _leg;

    public bool WasResumed => Leg.Tls is { Resumed: true };

    public string Cipher => Leg.Tls?.Cipher ?? "";

    Leg Leg => _leg ?? throw new InvalidOperationException("not connected");

    /// <summary>Connects, up to a greeting inside TLS; with STARTTLS, where there is no second greeting, up to TLS.</summary>
    public async ValueTask ConnectAsync()
    {
        DialResult dialled = await s_dialler.DialAsync(target.EndPoint, waiter, waiter.Loop.In(s_patience), null);
        _leg = dialled.Leg ?? throw new LoadException($"port {target.Port}: {dialled.Detail}");
        if (target.IsImplicit)
            await UpgradeAsync();
        await HearAsync('2');
        if (!target.IsStartTls)
            return;
        await AskAsync(Words.Hello, '2');
        await AskAsync(Words.StartTls, '2');
        await UpgradeAsync();
    }

    public ValueTask HelloAsync() => AskAsync(Words.Hello, '2');

    public async ValueTask QuitAsync()
    {
        await AskAsync(Words.Quit, '2');
        await Leg.CloseAsync(s_linger);
        _leg = null;
    }

    /// <summary>Each command after the reply before.</summary>
    public async ValueTask SendAsync(Letter letter)
    {
        await AskAsync(Words.Mail, '2');
        await AskAsync(Words.Recipient, '2');
        await AskAsync(Words.Data, '3');
        await PourAsync(letter);
        await AskAsync(Words.Dot, '2');
    }

    /// <summary>The envelope in one group.</summary>
    public async ValueTask SendPipelinedAsync(Letter letter)
    {
        Leg.Write(Words.Envelope);
        Leg.Flush();
        await HearAsync('2');
        await HearAsync('2');
        await HearAsync('3');
        await PourAsync(letter);
        await AskAsync(Words.Dot, '2');
    }

    /// <summary>A block a chunk, each after the reply before.</summary>
    public async ValueTask SendChunksAsync(Letter letter)
    {
        await AskAsync(Words.Mail, '2');
        await AskAsync(Words.Recipient, '2');
        byte[] chunk = Words.Chunk(letter.Block.Length, isLast: false), last = Words.Chunk(letter.Block.Length, isLast: true);
        for (int block = 1; block <= letter.Blocks; block++)
        {
            Leg.Write(block == letter.Blocks ? last : chunk);
            await WriteAsync(letter.Block);
            Leg.Flush();
            await HearAsync('2');
        }
    }

    /// <summary>Says it and waits for a reply whose code begins so.</summary>
    public ValueTask AskAsync(byte[] line, char code)
    {
        Leg.Write(line);
        Leg.Flush();
        return HearAsync(code);
    }

    async ValueTask UpgradeAsync()
    {
        HandshakeResult result = await Leg.UpgradeAsync(target.Context!, target.Whom, s_patience);
        if (!result.Succeeded)
            throw new LoadException($"port {target.Port}: handshake: {result.Outcome} {result.Detail}");
    }

    async ValueTask PourAsync(Letter letter)
    {
        for (int block = 0; block < letter.Blocks; block++)
            await WriteAsync(letter.Block);
    }

    // In pieces that the leg sends at once; it copies what the kernel does not take.
    async ValueTask WriteAsync(ReadOnlyMemory<byte> octets)
    {
        const int Piece = 32 * 1024;
        for (int at = 0; at < octets.Length; at += Piece)
        {
            while (!Leg.CanWrite)
            {
                await WaitAsync();
                Leg.Flush();
            }
            Leg.Write(octets.Span.Slice(at, Math.Min(Piece, octets.Length - at)));
        }
    }

    async ValueTask HearAsync(char code)
    {
        while (!TryHear(code))
        {
            await WaitAsync();
            Leg.Flush();
        }
    }

    bool TryHear(char code)
    {
        ReadStatus status;
        while ((status = Leg.TryRead(out ReadOnlySpan<byte> octets)) is ReadStatus.Data)
        {
            int end = octets.IndexOf((byte)'\n');
            if (end < 0)
            {
                Leg.NeedMore();
                continue;
            }
            if (octets[0] != code || end < 4)
                throw new LoadException($"port {target.Port} said: {Encoding.ASCII.GetString(octets[..end])}");
            bool isLast = octets[3] != '-';
            Leg.Consume(end + 1);
            if (isLast)
                return true;
        }
        return status is ReadStatus.Empty ? false : throw new LoadException($"port {target.Port}: the connection was {status}");
    }

    async ValueTask WaitAsync()
    {
        if (await waiter.NextAsync(waiter.Loop.In(s_patience)) is { IsTimer: true } or { IsAbort: true })
            throw new LoadException($"port {target.Port}: no answer in {s_patience.TotalSeconds} s");
    }
}
