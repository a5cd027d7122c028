using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Lines and octets over a socket, in clear or inside TLS, for either end of a scripted dialogue. Every wait has a limit.</summary>
sealed class SmtpStream : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    readonly byte[] _buffer = new byte[64 * 1024];
    Stream _stream;
    int _start, _end;

    public SmtpStream(Socket socket)
    {
        Socket = socket;
        socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public Socket Socket { get; }
    public SslStream? Tls { get; private set; }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> octets)
    {
        using var limit = new CancellationTokenSource(s_patience);
        await _stream.WriteAsync(octets, limit.Token);
    }

    /// <summary>A line with its end; what is left of one at the end of the stream; null behind that.</summary>
    public async Task<string?> LineAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? s_patience);
        var line = new StringBuilder();
        while (true)
        {
            for (; _start < _end; _start++)
            {
                line.Append((char)_buffer[_start]);
                if (_buffer[_start] == '\n')
                {
                    _start++;
                    return line.ToString();
                }
            }
            if (!await FillAsync(limit.Token))
                return line.Length > 0 ? line.ToString() : null;
        }
    }

    /// <summary>All that comes until the peer ends, a reset counted as an end.</summary>
    public async Task<string> RestAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? s_patience);
        var rest = new StringBuilder();
        do
        {
            rest.Append(Encoding.Latin1.GetString(_buffer, _start, _end - _start));
            _start = _end;
        }
        while (await FillAsync(limit.Token));
        return rest.ToString();
    }

    /// <summary>Reads message content to CRLF "." CRLF and counts it. The peer sends nothing behind it before the reply.</summary>
    public async Task<long> SkipContentAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(2));
        byte[] tail = [0, 0, 0, (byte)'\r', (byte)'\n'];
        for (long count = 0; ;)
        {
            count += _end - _start;
            Shift(tail, _buffer.AsSpan(_start, _end - _start));
            _start = _end;
            if (tail.AsSpan().SequenceEqual("\r\n.\r\n"u8))
                return count;
            if (!await FillAsync(limit.Token))
                throw new IOException("the content ended before its end");
        }
    }

    /// <summary>Reads this many octets and drops them.</summary>
    public async Task SkipAsync(long count, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(2));
        while (count > 0)
        {
            int now = (int)Math.Min(count, _end - _start);
            _start += now;
            count -= now;
            if (count > 0 && !await FillAsync(limit.Token))
                throw new IOException("the chunk ended before its end");
        }
    }

    public Task BeServerAsync(SslServerAuthenticationOptions options) => UpgradeAsync(tls => tls.AuthenticateAsServerAsync(options));

    public Task BeClientAsync(SslClientAuthenticationOptions options) => UpgradeAsync(tls => tls.AuthenticateAsClientAsync(options));

    /// <summary>Ends as a program that crashed: RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // close_notify to a peer that has left
        }
        Socket.Dispose();
    }

    public static bool IsGone(Exception exception) => exception is IOException or SocketException or ObjectDisposedException;

    async Task UpgradeAsync(Func<SslStream, Task> handshake)
    {
        Assert.True(_start == _end, "octets wait before the handshake: " + Encoding.Latin1.GetString(_buffer, _start, _end - _start));
        Tls = new SslStream(_stream);
        _stream = Tls;
        await handshake(Tls).WaitAsync(s_patience);
    }

    async Task<bool> FillAsync(CancellationToken limit)
    {
        try
        {
            _start = 0;
            _end = 0;
            _end = await _stream.ReadAsync(_buffer, limit);
            return _end > 0;
        }
        catch (Exception gone) when (IsGone(gone))
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the peer neither said a thing nor ended{(Tls is null ? "" : " inside TLS")}");
        }
    }

    static void Shift(byte[] tail, ReadOnlySpan<byte> octets)
    {
        int kept = Math.Max(0, tail.Length - octets.Length);
        tail.AsSpan(tail.Length - kept).CopyTo(tail);
        octets[^(tail.Length - kept)..].CopyTo(tail.AsSpan(kept));
    }
}
