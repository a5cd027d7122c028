using BenchmarkDotNet.Attributes;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>One reply, from its first octet to its end.</summary>
public class ReplyScannerBenchmark
{
    static readonly byte[] s_ok = "250 2.0.0 Ok: queued as 4bXyZ12345\r\n"u8.ToArray();
    static readonly byte[] s_longest = [.. Enumerable.Range(0, 64).SelectMany(line => (byte[])[.. line == 63 ? "250 "u8 : "250-"u8, .. Enumerable.Repeat((byte)'y', 1_018), .. "\r\n"u8])];

    [Benchmark]
    [Octets(36)]
    public int Ok() => Scan(s_ok);

    [Benchmark]
    [Octets(65_536)]
    public int LongestReply() => Scan(s_longest);

    static int Scan(byte[] input)
    {
        var scanner = new ReplyScanner(lfEnds: false);
        return scanner.Scan(input, out Reply reply) is ReplyState.Complete ? reply.Code : throw new InvalidOperationException("not a reply");
    }
}
