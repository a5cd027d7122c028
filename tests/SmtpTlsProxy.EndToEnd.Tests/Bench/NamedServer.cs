using System.Net;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A server that takes every command and says in its greeting which one it is; each answer after a pause.</summary>
sealed class NamedServer(string name, IPEndPoint? at = null, TimeSpan pause = default) : IAsyncDisposable
{
    readonly ScriptedUpstream _server = new(stream => TalkAsync(stream, name, pause), at);

    public int Port => _server.Port;

    public int Connections => _server.Connections;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    static async Task TalkAsync(SmtpStream stream, string name, TimeSpan pause)
    {
        await Task.Delay(pause);
        await stream.SendAsync($"220 {name} ESMTP\r\n");
        while (await stream.LineAsync(TimeSpan.FromMinutes(1)) is { } line)
        {
            await Task.Delay(pause);
            bool quits = line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase);
            await stream.SendAsync(quits ? "221 2.0.0 Bye\r\n" : "250 2.0.0 Ok\r\n");
            if (quits)
                return;
        }
    }
}
