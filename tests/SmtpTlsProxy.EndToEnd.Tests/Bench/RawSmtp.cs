using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A client that says exactly what it is told, in the pieces it is told.</summary>
sealed class RawSmtp : IAsyncDisposable
{
    readonly SmtpStream _stream;

    RawSmtp(Socket socket) => _stream = new SmtpStream(socket);

    public SmtpStream Stream => _stream;
    public SslStream? Tls => _stream.Tls;

    /// <summary>The server's capabilities, of the last EHLO.</summary>
    public string Capabilities { get; private set; } = "";

    public static Task<RawSmtp> ConnectAsync(int port, string address = "127.0.0.1", NetworkNamespace? network = null) => ConnectFromAsync(null, port, address, network);

    /// <summary>From an address of this machine's: all of 127.0.0.0/8 are.</summary>
    public static async Task<RawSmtp> ConnectFromAsync(string? from, int port, string address = "127.0.0.1", NetworkNamespace? network = null)
    {
        Socket socket = NetworkNamespace.NewSocket(network);
        if (from is not null)
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port)).WaitAsync(TimeSpan.FromSeconds(10));
        return new RawSmtp(socket);
    }

    /// <summary>Connected and greeted with 220.</summary>
    public static async Task<RawSmtp> GreetedAsync(int port, string address = "127.0.0.1", NetworkNamespace? network = null)
    {
        RawSmtp client = await ConnectAsync(port, address, network);
        await client.ExpectAsync("220");
        return client;
    }

    /// <summary>Greeted, upgraded and introduced again.</summary>
    public static async Task<RawSmtp> SecuredAsync(int port, string? caFile, string address = "127.0.0.1")
    {
        RawSmtp client = await GreetedAsync(port, address);
        await client.EhloAsync();
        await client.AskAsync("STARTTLS", "220");
        await client.HandshakeAsync(caFile);
        await client.EhloAsync();
        return client;
    }

    /// <summary>TLS from the first octet, greeted and introduced.</summary>
    public static async Task<RawSmtp> ImplicitAsync(int port, string? caFile, bool mayResume = true)
    {
        RawSmtp client = await ConnectAsync(port);
        await client.HandshakeAsync(caFile, mayResume: mayResume);
        await client.ExpectAsync("220");
        await client.EhloAsync();
        return client;
    }

    public static async Task<bool> AnswersAsync(int port, NetworkNamespace? network = null)
    {
        try
        {
            await using RawSmtp client = await ConnectAsync(port, network: network);
            bool greeted = (await client.ReplyAsync()).StartsWith("220", StringComparison.Ordinal);
            await client.SendAsync("QUIT\r\n");
            await client.Stream.RestAsync();
            return greeted;
        }
        catch (Exception notYet) when (notYet is SocketException or IOException)
        {
            return false;
        }
    }

    public Task SendAsync(string text) => _stream.SendAsync(text);

    public Task SendAsync(ReadOnlyMemory<byte> octets) => _stream.SendAsync(octets);

    /// <summary>Sends in two pieces that arrive apart.</summary>
    public async Task SendCutAsync(string text, int at)
    {
        await SendAsync(text[..at]);
        if (at > 0 && at < text.Length)
            await Task.Delay(TimeSpan.FromMilliseconds(15));
        await SendAsync(text[at..]);
    }

    /// <summary>A whole reply with its line ends; empty when the server has ended.</summary>
    public async Task<string> ReplyAsync(TimeSpan? patience = null)
    {
        var reply = new StringBuilder();
        while (await _stream.LineAsync(patience) is { } line)
        {
            reply.Append(line);
            if (line.Length < 4 || line[3] != '-')
                break;
        }
        return reply.ToString();
    }

    public async Task<string> ExpectAsync(string start, TimeSpan? patience = null)
    {
        string reply = await ReplyAsync(patience);
        Assert.StartsWith(start, reply, StringComparison.Ordinal);
        return reply;
    }

    public async Task<string> AskAsync(string command, string start)
    {
        await SendAsync(command + "\r\n");
        return await ExpectAsync(start);
    }

    public async Task EhloAsync() => Capabilities = await AskAsync("EHLO client.test", "250");

    /// <summary>
    /// With an authority's file the server is verified as <see cref="Names.Proxy"/>; without, anything goes. Who resumes is shown no certificate and goes by
    /// the session's.
    /// </summary>
    public Task HandshakeAsync(string? caFile, string name = Names.Proxy, bool mayResume = true) => _stream.BeClientAsync(new SslClientAuthenticationOptions
    {
        TargetHost = name,
        AllowTlsResume = mayResume,
        CertificateChainPolicy = caFile is null ? null : Trusting(caFile),
        RemoteCertificateValidationCallback = caFile is null ? (_, _, _, _) => true : null,
    });

    /// <summary>One message from envelope to final reply, which is returned.</summary>
    public async Task<string> MailAsync(string recipient, byte[] content, string sender = "sender@client.test")
    {
        await AskAsync($"MAIL FROM:<{sender}>", "250");
        await AskAsync($"RCPT TO:<{recipient}>", "250");
        await AskAsync("DATA", "354");
        await SendAsync(Letters.Stuffed(content));
        await SendAsync(".\r\n");
        return await ReplyAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Content in chunks of these sizes, the rest in the last one, all sent without waiting (RFC 3030 section 4.2). Every reply must be 250.</summary>
    public async Task ChunksAsync(byte[] content, IReadOnlyList<int> sizes)
    {
        Task sending = SendChunksAsync(content, sizes);
        for (int chunk = 0; chunk <= sizes.Count; chunk++)
            await ExpectAsync("250", TimeSpan.FromSeconds(60));
        await sending;
    }

    public async Task QuitAsync()
    {
        await AskAsync("QUIT", "221");
        Assert.Equal("", await _stream.RestAsync());
    }

    public void Reset() => _stream.Reset();

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    async Task SendChunksAsync(byte[] content, IReadOnlyList<int> sizes)
    {
        int at = 0;
        foreach (int size in sizes)
        {
            await SendAsync($"BDAT {size}\r\n");
            await SendAsync(content.AsMemory(at, size));
            at += size;
        }
        await SendAsync($"BDAT {content.Length - at} LAST\r\n");
        await SendAsync(content.AsMemory(at));
    }

    static X509ChainPolicy Trusting(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(caFile));
        return policy;
    }
}
