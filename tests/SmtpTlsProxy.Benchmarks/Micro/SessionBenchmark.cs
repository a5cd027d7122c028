using System.Net;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Time.Testing;
using SmtpTlsProxy.Session;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>
/// The product's session over legs in memory, both in the clear, on a loop that the benchmark turns: everything but system calls and TLS, metrics and
/// log lines included.
/// </summary>
public class SessionBenchmark
{
    static readonly IPEndPoint s_client = IPEndPoint.Parse("198.51.100.7:51000");
    static readonly byte[] s_content = [.. Contents.Of("text", 4096), .. "\r\n.\r\n"u8];
    static readonly byte[] s_piece = Contents.Of("base64", 60 * 1024);

    readonly FakeTimeProvider _clock = new();
    readonly QuietWire _in = new(), _out = new();
    ManualLoop _loop = null!;
    Route _route = null!;

    [GlobalSetup(Targets = [nameof(Message), nameof(Pipelined)])]
    public void OpenSession()
    {
        Make();
        Begin();
    }

    [GlobalSetup(Target = nameof(Piece))]
    public void OpenMessage()
    {
        OpenSession();
        Envelope();
    }

    [GlobalSetup(Target = nameof(Whole))]
    public void Make()
    {
        _loop = new ManualLoop(_clock);
        _route = new Route(new WorldOptions(), new MemoryDialler(Dialled), _clock, TextWriter.Null);
    }

    [GlobalCleanup]
    public void Close()
    {
        _loop.AbortAll();
        _loop.RunUntilIdle();
        _route.Dispose();
        _loop.Dispose();
    }

    [Benchmark(Description = "a 4 KB message, each command after the reply before")]
    public void Message()
    {
        Turn(_in, "MAIL FROM:<a@c.test>\r\n"u8);
        Turn(_out, "250 2.1.0 ok\r\n"u8);
        Turn(_in, "RCPT TO:<b@up.test>\r\n"u8);
        Turn(_out, "250 2.1.5 ok\r\n"u8);
        Turn(_in, "DATA\r\n"u8);
        Turn(_out, "354 go on\r\n"u8);
        Finish();
    }

    [Benchmark(Description = "the same with the envelope in one group")]
    public void Pipelined()
    {
        Envelope();
        Finish();
    }

    [Benchmark(Description = "60 KiB of content")]
    [Octets(60 * 1024)]
    public void Piece()
    {
        Turn(_in, s_piece);
        _out.Forget();
    }

    [Benchmark(Description = "a session with one message, greeting to close")]
    public void Whole()
    {
        Begin();
        Pipelined();
        Turn(_in, "QUIT\r\n"u8);
        Turn(_out, "221 2.0.0 bye\r\n"u8);
        _in.End();
        _loop.RunUntilIdle();
        _out.End();
        _loop.RunUntilIdle();
    }

    void Envelope()
    {
        Turn(_in, "MAIL FROM:<a@c.test>\r\nRCPT TO:<b@up.test>\r\nDATA\r\n"u8);
        Turn(_out, "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"u8);
    }

    void Finish()
    {
        Turn(_in, s_content);
        Turn(_out, "250 2.0.0 queued\r\n"u8);
        if (!_in.Sent.EndsWith("queued\r\n"u8) || !_out.Sent.EndsWith(".\r\n"u8))
            throw new InvalidOperationException("the message did not pass");
        _in.Forget();
        _out.Forget();
    }

    void Begin()
    {
        _in.Renew();
        _out.Renew();
        _loop.Post(() => _ = RunAsync(_route.Of));
        _loop.RunUntilIdle();
        Turn(_out, "220 up.test\r\n"u8);
        Turn(_in, "EHLO c.test\r\n"u8);
        Turn(_out, "250-up.test\r\n250 PIPELINING\r\n"u8);
    }

    void Turn(QuietWire fed, ReadOnlySpan<byte> octets)
    {
        fed.Feed(octets);
        _loop.RunUntilIdle();
    }

    QuietWire Dialled(EndPoint to, Waiter waiter)
    {
        _out.Edge = waiter.SignalOctets;
        return _out;
    }

    async Task RunAsync(SessionRoute route)
    {
        Waiter waiter = _loop.Enter();
        _in.Edge = waiter.SignalOctets;
        SessionRecord record = new(route.ListenerMetrics, route.UpstreamMetrics, _clock, _route.Log, s_client);
        using (ProxySession session = new(new Leg(waiter, _in, s_client, s_client), route, null, waiter, record))
            record.Ended(await session.RunAsync());
        _loop.Leave(waiter);
    }
}
