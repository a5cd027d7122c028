using BenchmarkDotNet.Attributes;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>One command line: its end is found, it is taken apart and its octets are looked at.</summary>
public class CommandScannerBenchmark
{
    static readonly byte[] s_mail = "MAIL FROM:<somebody.or.other@client.example.org> SIZE=123456 BODY=8BITMIME\r\n"u8.ToArray();
    static readonly byte[] s_longest = [.. "RCPT TO:<"u8, .. Enumerable.Repeat((byte)'x', 8_180), .. ">\r\n"u8];

    [Benchmark]
    [Octets(76)]
    public Verb Mail() => Scan(s_mail);

    [Benchmark]
    [Octets(8_192)]
    public Verb LongestLine() => Scan(s_longest);

    static Verb Scan(ReadOnlySpan<byte> input)
    {
        Line line = LineScanner.Scan(input, 8_192);
        return CommandScanner.Scan(line.Text).Verb;
    }
}
