using System.Net.Security;
using System.Net.Sockets;

namespace SmtpTlsProxy.EndToEnd.Transcripts;

/// <summary>One end of a transcript over a socket, under .NET's TLS. Every wait has a limit.</summary>
sealed class SocketEnd : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    readonly byte[] _room = new byte[64 * 1024];
    readonly List<byte> _heard = [];
    readonly Socket _socket;
    Stream _stream;

    public SocketEnd(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    /// <summary><c>open</c>, <c>closed</c> or <c>aborted</c>.</summary>
    public string End { get; private set; } = "open";

    /// <summary>A protocol was agreed on inside the handshake.</summary>
    public bool HasAlpn => _stream is SslStream { NegotiatedApplicationProtocol.Protocol.IsEmpty: false };

    public async Task SayAsync(byte[] octets)
    {
        using CancellationTokenSource limit = new(s_patience);
        await _stream.WriteAsync(octets, limit.Token);
    }

    public async Task<byte[]> HearAsync(Func<List<byte>, int> wanted)
    {
        int count = wanted(_heard);
        while (count < 0 && await FillAsync())
            count = wanted(_heard);
        return Take(count < 0 ? _heard.Count : count);
    }

    /// <summary>What is here already.</summary>
    public async Task<byte[]> RestAsync()
    {
        while (End == "open" && _stream is NetworkStream && _socket.Available > 0 && await FillAsync())
        {
        }
        return Take(_heard.Count);
    }

    public async Task UntilEndAsync()
    {
        while (await FillAsync())
        {
        }
    }

    public Task<bool> BeServerAsync(SslServerAuthenticationOptions options) => ShakeAsync(tls => tls.AuthenticateAsServerAsync(options));

    public Task<bool> BeClientAsync(SslClientAuthenticationOptions options) => ShakeAsync(tls => tls.AuthenticateAsClientAsync(options));

    public async Task FinAsync()
    {
        if (_stream is SslStream tls)
            await tls.ShutdownAsync();
        _socket.Shutdown(SocketShutdown.Send);
    }

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
        End = "reset by the test";
    }

    public void Dispose() => _socket.Dispose();

    byte[] Take(int count)
    {
        byte[] taken = [.. _heard.Take(count)];
        _heard.RemoveRange(0, taken.Length);
        return taken;
    }

    async Task<bool> FillAsync()
    {
        if (End != "open")
            return false;
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            int count = await _stream.ReadAsync(_room, limit.Token);
            _heard.AddRange(_room.AsSpan(0, count));
            End = count == 0 ? "closed" : End;
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            End = "aborted";
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        return End == "open";
    }

    async Task<bool> ShakeAsync(Func<SslStream, Task> handshake)
    {
        SslStream tls = new(_stream);
        try
        {
            await handshake(tls).WaitAsync(s_patience);
            _stream = tls;
            return true;
        }
        catch (Exception failed) when (failed is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
