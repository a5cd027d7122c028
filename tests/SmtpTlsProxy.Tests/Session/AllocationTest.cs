using System.Net;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Session;

/// <summary>What the whole stack allocates while it works: nothing for a command, a reply or a piece of content.</summary>
public sealed class AllocationTest : IDisposable
{
    const int Messages = 1000;
    static readonly IPEndPoint s_end = IPEndPoint.Parse("198.51.100.7:51000");

    readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    readonly QuietWire _client = new();
    readonly QuietWire _server = new();
    readonly ManualLoop _loop;
    Route _route = null!;
    Task _session = null!;

    public AllocationTest() => _loop = new ManualLoop(_clock);

    public void Dispose()
    {
        _loop.AbortAll();
        _loop.RunUntilIdle();
        Assert.True(_session.IsCompletedSuccessfully);
        Assert.True(_loop.Counts.IsZero, _loop.Counts.ToString());
        _route.Dispose();
        _loop.Dispose();
    }

    [Theory, InlineData(BareNewlines.Normalize), InlineData(BareNewlines.Reject), InlineData(BareNewlines.Accept), InlineData(BareNewlines.Pass)]
    public void ACommandAReplyAndAPieceOfContentAllocateNothing(BareNewlines newlines)
    {
        Begin("warning", newlines);
        Pass(50);
        // The runtime itself allocates once in a while on this thread (a method is compiled anew); what a message costs is there in every pass.
        Assert.Equal(0, Enumerable.Range(0, 4).Min(_ => Pass(Messages / 4)));
    }

    [Fact]
    public void AMessageAllocatesItsLogLineAndNothingElse()
    {
        Begin("information", BareNewlines.Normalize);
        Pass(50);
        long each = Pass(Messages) / Messages;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} octets a message");
        Assert.InRange(each, 1, 2500);
    }

    // Pipelined messages, each in four runs of the loop; only what the product allocates in them is counted.
    long Pass(int messages)
    {
        byte[] content = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a line of content, quite usual\r\n", 120)));
        long allocated = 0;
        for (int i = 0; i < messages; i++)
        {
            allocated += Turn(_client, "MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n"u8);
            allocated += Turn(_server, "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"u8);
            allocated += Turn(_client, content);
            allocated += Turn(_client, ".\r\n"u8);
            allocated += Turn(_server, "250 2.0.0 queued\r\n"u8);
            Assert.True(_client.Sent.EndsWith("354 go on\r\n250 2.0.0 queued\r\n"u8));
            Assert.True(_server.Sent.EndsWith("usual\r\n.\r\n"u8));
            _client.Forget();
            _server.Forget();
        }
        return allocated;
    }

    long Turn(QuietWire fed, ReadOnlySpan<byte> octets)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        fed.Feed(octets);
        _loop.RunUntilIdle();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    void Begin(string logLevel, BareNewlines newlines)
    {
        WorldOptions options = new() { LogLevel = logLevel, Listener = l => l with { BareNewlines = newlines } };
        _route = new Route(options, new MemoryDialler(Dialled), _clock);
        _loop.Post(() => _session = RunAsync(_route.Of));
        _loop.RunUntilIdle();
        Turn(_server, "220 up.test\r\n"u8);
        Turn(_client, "EHLO c.test\r\n"u8);
        Turn(_server, "250-up.test\r\n250 PIPELINING\r\n"u8);
        Assert.True(_client.Sent.EndsWith("250 PIPELINING\r\n"u8));
    }

    QuietWire Dialled(EndPoint to, Waiter waiter)
    {
        _server.Edge = waiter.SignalOctets;
        return _server;
    }

    async Task RunAsync(SessionRoute route)
    {
        Waiter waiter = _loop.Enter();
        _client.Edge = waiter.SignalOctets;
        Leg leg = new(waiter, _client, s_end, s_end);
        SessionRecord record = new(route.ListenerMetrics, route.UpstreamMetrics, _clock, _route.Log, s_end);
        using (ProxySession session = new(leg, route, null, waiter, record))
            record.Ended(await session.RunAsync());
        _loop.Leave(waiter);
    }
}
