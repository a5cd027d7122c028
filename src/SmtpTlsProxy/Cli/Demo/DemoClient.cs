using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>An application that speaks plain SMTP and nothing else; keeps its dialogue for show.</summary>
sealed class DemoClient : IDisposable
{
    readonly TcpClient _client = new();
    readonly List<string> _transcript = [];
    StreamReader? _reader;

    /// <summary>Lines as they went, <c>C:</c> and <c>S:</c> in front.</summary>
    public IReadOnlyList<string> Transcript => _transcript;

    public async Task<string> ConnectAsync(IPEndPoint to, CancellationToken cancel)
    {
        await _client.ConnectAsync(to, cancel);
        _reader = new StreamReader(_client.GetStream(), Encoding.Latin1);
        return await ReplyAsync(cancel);
    }

    /// <summary>Sends lines in one segment and takes one reply.</summary>
    public async Task<string> SayAsync(string lines, CancellationToken cancel)
    {
        foreach (string line in lines.Split('\n'))
            _transcript.Add("C: " + line);
        await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(lines.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n"), cancel);
        return await ReplyAsync(cancel);
    }

    /// <summary>Sends octets as they are, line ends included, and QUIT behind them; takes replies until the last one.</summary>
    public async Task SayRawAndQuitAsync(string octets, CancellationToken cancel)
    {
        _transcript.Add("C: " + octets.Replace("\r", "<CR>", StringComparison.Ordinal).Replace("\n", "<LF>", StringComparison.Ordinal));
        await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(octets + "QUIT\r\n"), cancel);
        while (await ReplyAsync(cancel) is { Length: > 0 } reply && !reply.StartsWith("221", StringComparison.Ordinal))
        {
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _client.Dispose();
    }

    async Task<string> ReplyAsync(CancellationToken cancel)
    {
        string? line;
        do
        {
            line = await _reader!.ReadLineAsync(cancel);
            _transcript.Add(line is null ? "-- connection closed by the proxy" : "S: " + line);
        }
        while (line is { Length: > 3 } && line[3] == '-');
        return line ?? "";
    }
}
