using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using SmtpTlsProxy.Transport.Sockets;
using SmtpTlsProxy.Transport.Tests.Legs;

namespace SmtpTlsProxy.Transport.Tests.Sockets;

public sealed class KestrelTest
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory, InlineData("127.0.0.1"), InlineData("::1")]
    public async Task SessionsRunOverIp(string address)
    {
        LoopEndPoint at = At(address);
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        Assert.NotEqual(0, ((IPEndPoint)at.Bound!).Port);
        host.Before = connection =>
        {
            Assert.Equal(at.Bound, connection.LocalEndPoint);
            Assert.Equal("in", connection.Listener);
            Assert.Throws<NotSupportedException>(() => connection.Transport);
            return Task.CompletedTask;
        };
        await AssertEchoesAsync(at.Bound!);
    }

    [Fact]
    public async Task SessionsRunOverUnixSockets()
    {
        string path = Path.Combine(Path.GetTempPath(), $"listen-{Guid.NewGuid():N}");
        LoopEndPoint at = new(new UnixDomainSocketEndPoint(path), "in");
        await using (await KestrelHost.StartAsync(at))
            await AssertEchoesAsync(at.Inner);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task AListeningSocketMayBeHandedOver()
    {
        Socket handed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        handed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        handed.Listen();
        LoopEndPoint at = new(new FileHandleEndPoint((ulong)handed.SafeHandle.DangerousGetHandle(), FileHandleType.Tcp), "in");
        EndPoint bound = handed.LocalEndPoint!;
        handed.SafeHandle.SetHandleAsInvalid();
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        Assert.Equal(bound, at.Bound);
        await AssertEchoesAsync(bound);
    }

    [Fact]
    public async Task APlainEndPointStaysOnKestrelsOwnSockets()
    {
        LoopEndPoint at = At("127.0.0.1");
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        using HttpClient http = new();
        Assert.Equal("alive", await http.GetStringAsync(host.Http, TestContext.Current.CancellationToken));
        await AssertEchoesAsync(at.Bound!);
    }

    [Fact]
    public async Task AFaultEndsItsSessionAlone()
    {
        LoopEndPoint at = At("127.0.0.1");
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        host.Before = _ => throw new InvalidDataException("on purpose");
        await AssertResetAsync(at.Bound!);
        Assert.IsType<InvalidDataException>(Assert.Single(host.Faults));
        host.Faults.Clear();
        host.Before = _ => Task.CompletedTask;
        await AssertEchoesAsync(at.Bound!);
    }

    [Fact]
    public async Task UnbindingClosesTheListenersAndLeavesSessionsAlone_Rule6_4()
    {
        LoopEndPoint at = At("127.0.0.1");
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        using Socket client = await ConnectAsync(at.Bound!);
        await AssertEchoesAsync(client);
        await host.Factory.UnbindAllAsync();
        await host.Factory.UnbindAllAsync();
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(at.Bound!));
        await AssertEchoesAsync(client);
        using HttpClient http = new();
        Assert.Equal("alive", await http.GetStringAsync(host.Http, TestContext.Current.CancellationToken));
        client.Dispose();
    }

    [Fact]
    public async Task AnAbortEndsTheSession()
    {
        LoopEndPoint at = At("127.0.0.1");
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        host.Before = connection =>
        {
            ThreadPool.QueueUserWorkItem(_ => connection.Abort(new ConnectionAbortedException("test")));
            return Task.CompletedTask;
        };
        await AssertResetAsync(at.Bound!);
    }

    [Fact]
    public async Task AnAbortOfAllLoopsEndsWhatIsLeft()
    {
        LoopEndPoint at = At("127.0.0.1");
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        using Socket client = await ConnectAsync(at.Bound!);
        await AssertEchoesAsync(client);
        host.Loops.AbortAll();
        Assert.Equal(0, await ReceiveAsync(client));                  // the echo leaves in order
    }

    [Fact]
    public async Task AnAddressInUseIsToldAtTheStart()
    {
        LoopEndPoint at = At("127.0.0.1");
        await using KestrelHost host = await KestrelHost.StartAsync(at);
        LoopEndPoint again = new(at.Bound!, "in");
        await Assert.ThrowsAsync<AddressInUseException>(async () => await host.Factory.BindAsync(again, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TwoHundredConnectionsTornDownAnywhereLeaveNothing_Rule6_5()
    {
        LoopEndPoint clear = At("127.0.0.1");
        LoopEndPoint tls = new(new IPEndPoint(IPAddress.Loopback, 0), KestrelHost.Tls);
        await using KestrelHost host = await KestrelHost.StartAsync(clear, tls);
        for (int round = 0; round < 10; round++)
            await Task.WhenAll(Enumerable.Range(round * 20, 20).Select(seed => TearDownAsync(seed, clear.Bound!, tls.Bound!)));
        await host.EmptyAsync();
        await host.AssertNothingIsHeldAsync();
    }

    static async Task TearDownAsync(int seed, EndPoint clear, EndPoint tls)
    {
        Random random = new(seed);
        using Socket client = await ConnectAsync(seed % 3 == 0 ? tls : clear);
        if (seed % 6 == 0)
            await SecuredAsync(client);
        else if (random.Next(2) == 0)
            client.Send(LegBench.Octets(random.Next(1, 200_000)));
        client.LingerState = new LingerOption(random.Next(2) == 0, 0);
        if (random.Next(3) == 0)
            client.Shutdown(SocketShutdown.Send);
    }

    static async Task SecuredAsync(Socket client)
    {
        await using SslStream peer = new(new NetworkStream(client), false, (_, _, _, _) => true);
        await peer.AuthenticateAsClientAsync("mail.test");
        await peer.WriteAsync("EHLO a\r\n"u8.ToArray());
        byte[] room = new byte[8];
        await peer.ReadExactlyAsync(room);
        Assert.Equal("EHLO a\r\n", Encoding.ASCII.GetString(room));
    }

    static Task<int> ReceiveAsync(Socket client) => ReceiveAsync(client, new byte[1]);

    static Task<int> ReceiveAsync(Socket client, Memory<byte> room) =>
        client.ReceiveAsync(room, TestContext.Current.CancellationToken).AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken);

    static LoopEndPoint At(string address) => new(new IPEndPoint(IPAddress.Parse(address), 0), "in");

    static async Task<Socket> ConnectAsync(EndPoint to)
    {
        Socket client = new(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await client.ConnectAsync(to);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // It may come that early that connecting hears of it.
    static Task AssertResetAsync(EndPoint at) => Assert.ThrowsAsync<SocketException>(async () =>
    {
        using Socket client = await ConnectAsync(at);
        await ReceiveAsync(client);
    });

    static async Task AssertEchoesAsync(EndPoint at)
    {
        using Socket client = await ConnectAsync(at);
        await AssertEchoesAsync(client);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await ReceiveAsync(client));
    }

    static async Task AssertEchoesAsync(Socket client)
    {
        byte[] said = LegBench.Octets(300_000);
        byte[] heard = new byte[said.Length];
        Task sent = client.SendAsync(said);
        for (int at = 0, now; at < heard.Length; at += now)
        {
            now = await ReceiveAsync(client, heard.AsMemory(at));
            Assert.NotEqual(0, now);
        }

        await sent;
        Assert.True(heard.AsSpan().SequenceEqual(said));
    }
}
