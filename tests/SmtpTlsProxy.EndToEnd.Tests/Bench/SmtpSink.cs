using System.Collections.Concurrent;
using System.Net.Security;

namespace SmtpTlsProxy.EndToEnd.Bench;

sealed record SinkOptions
{
    public string[] Capabilities { get; init; } = ["PIPELINING", "SIZE 0", "8BITMIME"];

    /// <summary>STARTTLS is offered when there is one.</summary>
    public PemPair? Certificate { get; init; }

    /// <summary>Octets behind the reply to STARTTLS, in the clear.</summary>
    public string BehindStartTls { get; init; } = "";

    /// <summary>Where reply and what stands behind it are cut apart; 0: not at all.</summary>
    public Func<int> Cut { get; init; } = () => 0;

    public string StartTlsReply { get; init; } = "220 2.0.0 Go ahead\r\n";

    /// <summary>Where it listens; a free port of 127.0.0.1.</summary>
    public System.Net.IPEndPoint? At { get; init; }

    public NetworkNamespace? Network { get; init; }
}

/// <summary>A server that takes everything, throws content away and remembers every command and whether it came inside TLS.</summary>
sealed class SmtpSink : IAsyncDisposable
{
    readonly SinkOptions _options;
    readonly ScriptedUpstream _server;
    long _contentOctets;
    int _messages;

    public SmtpSink(SinkOptions? options = null)
    {
        _options = options ?? new SinkOptions();
        _server = new ScriptedUpstream(TalkAsync, _options.At, _options.Network);
    }

    public int Port => _server.Port;
    public int Connections => _server.Connections;
    public long ContentOctets => Interlocked.Read(ref _contentOctets);
    public int Messages => Volatile.Read(ref _messages);
    public IReadOnlyCollection<Exception> Faults => _server.Faults;
    public ConcurrentQueue<(bool InTls, string Line)> Commands { get; } = [];

    public bool Heard(string start, bool? inTls = null) =>
        Commands.Any(command => command.Line.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (inTls is null || inTls == command.InTls));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task TalkAsync(SmtpStream stream)
    {
        await stream.SendAsync("220 sink.test ESMTP\r\n");
        while (await stream.LineAsync(TimeSpan.FromMinutes(3)) is { } line)
        {
            Commands.Enqueue((stream.Tls is not null, line));
            if (!await AnswerAsync(stream, line.TrimEnd()))
                return;
        }
    }

    async Task<bool> AnswerAsync(SmtpStream stream, string line)
    {
        switch (line.Split(' ')[0].ToUpperInvariant())
        {
            case "EHLO":
                await stream.SendAsync(Ehlo(stream.Tls is not null));
                return true;
            case "DATA":
                await TakeContentAsync(stream);
                return true;
            case "BDAT":
                await TakeChunkAsync(stream, line.Split(' '));
                return true;
            case "STARTTLS":
                await StartTlsAsync(stream);
                return true;
            case "QUIT":
                await stream.SendAsync("221 2.0.0 Bye\r\n");
                return false;
            default:
                await stream.SendAsync("250 2.0.0 Ok\r\n");
                return true;
        }
    }

    string Ehlo(bool inTls)
    {
        string[] words = ["sink.test", .. _options.Capabilities, .. _options.Certificate is not null && !inTls ? ["STARTTLS"] : Array.Empty<string>()];
        return string.Concat(words.Select((word, at) => $"250{(at == words.Length - 1 ? ' ' : '-')}{word}\r\n"));
    }

    async Task TakeContentAsync(SmtpStream stream)
    {
        await stream.SendAsync("354 Go on\r\n");
        Interlocked.Add(ref _contentOctets, await stream.SkipContentAsync());
        Interlocked.Increment(ref _messages);
        await stream.SendAsync("250 2.0.0 Thrown away\r\n");
    }

    async Task TakeChunkAsync(SmtpStream stream, string[] words)
    {
        long size = long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture);
        await stream.SkipAsync(size);
        Interlocked.Add(ref _contentOctets, size);
        if (words.Length > 2)
            Interlocked.Increment(ref _messages);
        await stream.SendAsync("250 2.0.0 Thrown away\r\n");
    }

    async Task StartTlsAsync(SmtpStream stream)
    {
        string said = _options.StartTlsReply + _options.BehindStartTls;
        int cut = _options.Cut();
        await stream.SendAsync(said[..cut]);
        if (cut > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(15));
        await stream.SendAsync(said[cut..]);
        if (_options.StartTlsReply.StartsWith('2'))
            await stream.BeServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _options.Certificate!.Load() });
    }
}
