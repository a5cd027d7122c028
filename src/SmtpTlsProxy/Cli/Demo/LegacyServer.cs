using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>A mail server as old as they come: plain SMTP, no TLS, delivers to memory. Only the demo uses it; it listens on loopback.</summary>
sealed class LegacyServer(Action<string> arrived) : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    Task _accepting = Task.CompletedTask;

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public void Start()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        List<Task> sessions = [];
        try
        {
            while (true)
                sessions.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {   // the demo ends
            await Task.WhenAll(sessions);
        }
    }

    async Task ServeAsync(TcpClient accepted)
    {
        using TcpClient client = accepted;
        try
        {
            // Latin-1 keeps octets as they are.
            using StreamReader reader = new(client.GetStream(), Encoding.Latin1);
            await using StreamWriter writer = new(client.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 legacy.demo.test ESMTP built in 1998");
            await DialogueAsync(reader, writer);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {   // the peer left or the demo ends
        }
    }

    async Task DialogueAsync(StreamReader reader, StreamWriter writer)
    {
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            await writer.WriteLineAsync(Answer(verb));
            if (verb == "QUIT")
                return;
            if (verb == "DATA")
                await ReceiveAsync(reader, writer);
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

    async Task ReceiveAsync(StreamReader reader, StreamWriter writer)
    {
        StringBuilder message = new();
        string? line;
        while ((line = await reader.ReadLineAsync(_stop.Token)) is not (null or "."))
            message.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        if (line is null)
            return;                                                   // half a message is no message
        await writer.WriteLineAsync("250 2.0.0 Delivered");
        arrived(message.ToString());
    }
}
