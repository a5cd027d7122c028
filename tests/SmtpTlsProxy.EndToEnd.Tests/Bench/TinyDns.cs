using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A resolver on loopback that says of a name what a test wants: addresses with a life of a second, SERVFAIL, or that there is none.</summary>
sealed class TinyDns : IAsyncDisposable
{
    const int ServFail = 2, NxDomain = 3;
    const ushort A = 1, Aaaa = 28;

    readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    readonly ConcurrentDictionary<string, IPAddress[]?> _names = new(StringComparer.OrdinalIgnoreCase);
    readonly Task _answering;
    int _questions;

    public TinyDns() => _answering = Task.Run(AnswerAsync);

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public int Questions => Volatile.Read(ref _questions);

    public void Says(string name, params string[] addresses) => _names[name] = [.. addresses.Select(IPAddress.Parse)];

    /// <summary>SERVFAIL.</summary>
    public void Fails(string name) => _names[name] = null;

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _answering;
    }

    async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult asked = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _questions);
                await _socket.SendAsync(Answer(asked.Buffer), asked.RemoteEndPoint);
            }
        }
        catch (Exception over) when (over is ObjectDisposedException or SocketException)
        {
            // the test is over
        }
    }

    byte[] Answer(byte[] asked)
    {
        int at = 12;
        List<string> labels = [];
        for (; asked[at] != 0; at += asked[at] + 1)
            labels.Add(Encoding.ASCII.GetString(asked, at + 1, asked[at]));
        int end = at + 5;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(asked.AsSpan(at + 1));
        bool isKnown = _names.TryGetValue(string.Join('.', labels), out IPAddress[]? addresses);
        int code = !isKnown ? NxDomain : addresses is null ? ServFail : 0;
        AddressFamily family = type == A ? AddressFamily.InterNetwork : type == Aaaa ? AddressFamily.InterNetworkV6 : AddressFamily.Unspecified;
        byte[][] found = [.. (addresses ?? []).Where(address => address.AddressFamily == family).Select(address => address.GetAddressBytes())];
        byte[] header = [asked[0], asked[1], 0x85, (byte)(0x80 | code), 0, 1, 0, (byte)found.Length, 0, 0, 0, 0];
        return [.. header, .. asked[12..end], .. found.SelectMany(address => (byte[])[0xc0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 1, 0, (byte)address.Length, .. address])];
    }
}
