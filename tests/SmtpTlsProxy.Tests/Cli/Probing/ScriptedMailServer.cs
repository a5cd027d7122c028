using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>A mail server on a loopback port that has one fault or another. Its TLS is .NET's: a peer of another make than ours.</summary>
sealed class ScriptedMailServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly MailServerWays _ways;
    readonly SslStreamCertificateContext _certificate;
    readonly ConcurrentBag<Socket> _open = [];
    readonly Task _accepting;

    public ScriptedMailServer(MailServerWays? ways = null)
    {
        _ways = ways ?? new MailServerWays();
        _certificate = ContextOf(_ways.Certificate);
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString()!;
        _accepting = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    /// <summary>Every command that came, on all connections.</summary>
    public ConcurrentQueue<string> Commands { get; } = [];

    /// <summary>Messages that came to an end with somebody to deliver them to.</summary>
    public ConcurrentQueue<string> Completed { get; } = [];

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (Socket socket in _open)
            socket.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {   // the test is over
        }
    }

    async Task ServeAsync(Socket socket)
    {
        _open.Add(socket);
        try
        {
            await new Talk(this, socket).RunAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {   // the peer has left, or does not want our certificate or version
        }
        socket.Dispose();
    }

    static SslStreamCertificateContext ContextOf(TlsCertificate certificate)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.ChainDer[0]);
        X509Certificate2 pair;
        if (leaf.PublicKey.GetRSAPublicKey() is not null)
        {
            using RSA rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(certificate.KeyPkcs8Der, out _);
            pair = leaf.CopyWithPrivateKey(rsa);
        }
        else
        {
            using ECDsa ec = ECDsa.Create();
            ec.ImportPkcs8PrivateKey(certificate.KeyPkcs8Der, out _);
            pair = leaf.CopyWithPrivateKey(ec);
        }
        return SslStreamCertificateContext.Create(pair, [.. certificate.ChainDer.Skip(1).Select(der => X509CertificateLoader.LoadCertificate(der))], offline: true);
    }

    /// <summary>One connection.</summary>
    sealed class Talk(ScriptedMailServer server, Socket socket)
    {
        readonly MailServerWays _ways = server._ways;
        readonly StringBuilder _buffered = new();
        Stream _stream = new NetworkStream(socket);
        bool _isEncrypted;
        bool _hasRecipient;

        public async Task RunAsync()
        {
            if (_ways.Implicit && !await SecureAsync())
                return;
            await SayAsync(_ways.Greeting + "\r\n");
            while (await LineAsync() is { } line && await AnswerAsync(line))
            {
            }
        }

        async Task<bool> AnswerAsync(string line)
        {
            server.Commands.Enqueue(line);
            string verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(Ehlo() + (_isEncrypted ? "" : _ways.BehindEhlo));
                    return true;
                case "STARTTLS" when !_isEncrypted:
                    return await StartTlsAsync();
                case "RCPT":
                    bool taken = _ways.Relays || line.Contains("@mail.test", StringComparison.OrdinalIgnoreCase);
                    _hasRecipient |= taken;
                    await SayAsync(taken ? "250 2.1.5 Ok\r\n" : "554 5.7.1 Relay access denied\r\n");
                    return true;
                case "DATA" when !_hasRecipient && !_ways.TakesDataWithoutRecipient:
                    await SayAsync("503 5.5.1 No valid recipients\r\n");
                    return true;
                case "DATA":
                    await ReceiveAsync();
                    return true;
                default:
                    await SayAsync(verb switch
                    {
                        "HELO" or "MAIL" or "NOOP" or "RSET" => "250 2.0.0 Ok\r\n",
                        "QUIT" => "221 2.0.0 Bye\r\n",
                        _ => "502 5.5.2 What?\r\n",
                    });
                    return verb != "QUIT";
            }
        }

        string Ehlo()
        {
            string[]? offered = _isEncrypted ? _ways.Inside : _ways.Clear;
            if (offered is null)
                return "502 5.5.2 No EHLO\r\n";
            string[] lines = ["mail.test", .. offered];
            return string.Concat(lines.Select((line, at) => $"250{(at == lines.Length - 1 ? ' ' : '-')}{line}\r\n"));
        }

        async Task<bool> StartTlsAsync()
        {
            if (!_ways.StartTls.StartsWith("220", StringComparison.Ordinal))
            {
                await SayAsync(_ways.StartTls + "\r\n");
                return true;
            }
            // What a server with one buffer too many has read along with STARTTLS: it drops it, or it does not.
            await ReadAlongAsync();
            if (!_ways.IsInjectable)
                _buffered.Clear();
            await SayAsync(_ways.StartTls + "\r\n" + _ways.BehindStartTls);
            return await SecureAsync();
        }

        async Task ReadAlongAsync()
        {
            byte[] more = new byte[1024];
            if (socket.Available > 0)
                _buffered.Append(Encoding.Latin1.GetString(more, 0, await _stream.ReadAsync(more)));
        }

        async Task<bool> SecureAsync()
        {
            if (_ways.CutsHandshake)
                return false;
            if (_ways.IsDeafToHandshake)
                await Task.Delay(Timeout.Infinite);
            SslStream tls = new(_stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = server._certificate, EnabledSslProtocols = _ways.Versions });
            (_stream, _isEncrypted) = (tls, true);
            return true;
        }

        async Task ReceiveAsync()
        {
            await SayAsync("354 Go on\r\n");
            StringBuilder content = new("\r\n");
            while (await OctetAsync() is { } octet)
            {
                string all = content.Append(octet).ToString();
                if (!all.EndsWith("\r\n.\r\n", StringComparison.Ordinal) && !(_ways.FalseEnd is { } end && all.EndsWith(end, StringComparison.Ordinal)))
                    continue;
                if (_hasRecipient)
                    server.Completed.Enqueue(all);
                await SayAsync(_hasRecipient ? "250 2.0.0 Delivered\r\n" : "554 5.5.1 No valid recipients\r\n");
                return;
            }
        }

        async Task<string?> LineAsync()
        {
            StringBuilder line = new();
            while (await OctetAsync() is { } octet)
            {
                line.Append(octet);
                if (octet == '\n' && (_ways.TakesBareNewlines || (line.Length > 1 && line[^2] == '\r')))
                    return line.ToString().TrimEnd('\r', '\n');
            }
            return null;
        }

        async Task<char?> OctetAsync()
        {
            if (_buffered.Length > 0)
            {
                char first = _buffered[0];
                _buffered.Remove(0, 1);
                return first;
            }
            byte[] one = new byte[1];
            return await _stream.ReadAsync(one) == 1 ? (char)one[0] : null;
        }

        async Task SayAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));
    }
}
