using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>
/// A mail server as old as they come: plain SMTP, no TLS, lenient line ends, delivers to memory. Only the demo uses it; it listens on loopback.
/// </summary>
sealed class LegacyServer : IAsyncDisposable
{
    readonly Action<string> _arrived;
    readonly LoopbackServer _server;

    public LegacyServer(Action<string> arrived)
    {
        _arrived = arrived;
        _server = new LoopbackServer(ServeAsync);
    }

    public IPEndPoint Address => _server.Address;

    public void Start() => _server.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task ServeAsync(Socket peer, CancellationToken stop)
    {
        await using NetworkStream stream = new(peer);
        using StreamReader reader = new(stream, Encoding.Latin1);      // Latin-1 keeps octets as they are
        await using StreamWriter writer = new(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 legacy.demo.test ESMTP built in 1998");
        while (await reader.ReadLineAsync(stop) is { } line)
        {
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            await writer.WriteLineAsync(Answer(verb));
            if (verb == "QUIT")
                return;
            if (verb == "DATA")
                await ReceiveAsync(reader, writer, stop);
        }
    }

    static string Answer(string verb) => verb switch
    {
        "EHLO" => "250-legacy.demo.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10485760",
        "HELO" => "250 legacy.demo.test",
        "MAIL" or "RCPT" or "RSET" or "NOOP" => "250 2.0.0 Ok",
        "DATA" => "354 End data with <CR><LF>.<CR><LF>",
        "QUIT" => "221 2.0.0 Bye",
        _ => "502 5.5.1 Not in 1998",
    };

    async Task ReceiveAsync(StreamReader reader, StreamWriter writer, CancellationToken stop)
    {
        StringBuilder message = new();
        string? line;
        while ((line = await reader.ReadLineAsync(stop)) is not (null or "."))
            message.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        if (line is null)
            return;                                                   // half a message is no message
        await writer.WriteLineAsync("250 2.0.0 Delivered");
        _arrived(message.ToString());
    }
}
