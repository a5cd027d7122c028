using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>What whoever sits on the wire does.</summary>
enum Attack
{
    /// <summary>Looks on.</summary>
    None,

    /// <summary>Takes STARTTLS out of the answer to EHLO.</summary>
    Strip,

    /// <summary>Answers STARTTLS with 454 in the server's place.</summary>
    Refuse,

    /// <summary>Shows a certificate of its own and reads along.</summary>
    Swap,

    /// <summary>Resets in the middle of the handshake.</summary>
    Cut,
}

/// <summary>Between the proxy and a real server, on loopback. Keeps every octet of the proxy's that it can read, one text a connection.</summary>
sealed class MachineInTheMiddle(int target, PemPair own) : IAsyncDisposable
{
    readonly ConcurrentQueue<StringBuilder> _read = [];
    ScriptedUpstream? _server;

    public int Port => (_server ??= new ScriptedUpstream(TalkAsync)).Port;

    public Attack Attack { get; set; }

    /// <summary>What was read since the last time.</summary>
    public string Take()
    {
        StringBuilder all = new();
        while (_read.TryDequeue(out StringBuilder? one))
            lock (one)
                all.Append(one);
        return all.ToString();
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    async Task TalkAsync(SmtpStream proxy)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, target);
        await using var server = new SmtpStream(socket);
        var read = new StringBuilder();
        _read.Enqueue(read);
        await ReplyAsync(server, proxy);                               // the greeting
        while (await proxy.LineAsync() is { } line)
        {
            Keep(read, line);
            if (line.StartsWith("STARTTLS", StringComparison.OrdinalIgnoreCase) && await StartTlsAsync(proxy, server, line, read))
                return;
            if (line.StartsWith("STARTTLS", StringComparison.OrdinalIgnoreCase))
                continue;
            await server.SendAsync(line);
            string reply = await ReplyAsync(server, proxy);
            if (reply.StartsWith("354", StringComparison.Ordinal))
                await ContentAsync(proxy, server, read);
        }
    }

    // True: it has taken the whole connection to its end.
    async Task<bool> StartTlsAsync(SmtpStream proxy, SmtpStream server, string line, StringBuilder read)
    {
        if (Attack is Attack.Refuse)
        {
            await proxy.SendAsync("454 4.7.0 TLS not available due to temporary reason\r\n");
            return false;
        }
        await server.SendAsync(line);
        await ReplyAsync(server, proxy);
        if (Attack is Attack.Cut)
        {
            await proxy.Socket.ReceiveAsync(new byte[64]);             // a piece of its ClientHello
            proxy.Reset();
            return true;
        }
        if (Attack is Attack.Swap)
        {
            await proxy.BeServerAsync(new SslServerAuthenticationOptions { ServerCertificate = own.Load() });
            await server.BeClientAsync(new SslClientAuthenticationOptions { TargetHost = Names.Server, RemoteCertificateValidationCallback = (_, _, _, _) => true });
        }
        await Task.WhenAll(
            PumpAsync(proxy.Tls ?? (Stream)new NetworkStream(proxy.Socket), server.Tls ?? (Stream)new NetworkStream(server.Socket), Attack is Attack.Swap ? read : null, server.Socket),
            PumpAsync(server.Tls ?? (Stream)new NetworkStream(server.Socket), proxy.Tls ?? (Stream)new NetworkStream(proxy.Socket), null, proxy.Socket));
        return true;
    }

    static async Task PumpAsync(Stream from, Stream to, StringBuilder? read, Socket end)
    {
        byte[] buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            if (read is not null)
                Keep(read, Encoding.Latin1.GetString(buffer, 0, count));
            await to.WriteAsync(buffer.AsMemory(0, count));
        }
        end.Shutdown(SocketShutdown.Send);
    }

    async Task ContentAsync(SmtpStream proxy, SmtpStream server, StringBuilder read)
    {
        string? line;
        do
        {
            line = await proxy.LineAsync();
            Keep(read, line ?? "");
            await server.SendAsync(line ?? "");
        }
        while (line is not (null or ".\r\n"));
        await ReplyAsync(server, proxy);
    }

    async Task<string> RepliedAsync(SmtpStream server)
    {
        List<string> lines = [];
        while (await server.LineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Length < 4 || line[3] != '-')
                break;
        }
        if (Attack is Attack.Strip && lines.RemoveAll(line => line.AsSpan(4).StartsWith("STARTTLS", StringComparison.OrdinalIgnoreCase)) > 0)
            lines[^1] = lines[^1][..3] + " " + lines[^1][4..];
        return string.Concat(lines);
    }

    async Task<string> ReplyAsync(SmtpStream server, SmtpStream proxy)
    {
        string reply = await RepliedAsync(server);
        await proxy.SendAsync(reply);
        return reply;
    }

    static void Keep(StringBuilder read, string octets)
    {
        lock (read)
            read.Append(octets);
    }
}
