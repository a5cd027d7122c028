using BenchmarkDotNet.Attributes;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>The EHLO answer of a usual server, before and inside TLS.</summary>
public class EhloRewriterBenchmark
{
    static readonly byte[] s_answer = ("250-mail.example.org\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN EXTERNAL SCRAM-SHA-256\r\n"u8
        + "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250-XCLIENT NAME ADDR\r\n250 CHUNKING\r\n"u8).ToArray();

    readonly EhloAnswer _told = new();
    byte[] _buffer = [];

    [Benchmark]
    public int InTheClear() => Rewrite(new EhloPolicy(OfferStartTls: true, AuthAllowed: false, BothLegsTlsAndVerified: false, MaxMessageSize: 10_000_000, HideChunking: false));

    [Benchmark]
    public int InsideTls() => Rewrite(new EhloPolicy(OfferStartTls: false, AuthAllowed: true, BothLegsTlsAndVerified: false, MaxMessageSize: null, HideChunking: false));

    int Rewrite(EhloPolicy policy) => EhloRewriter.Rewrite(s_answer, policy, _told, ref _buffer).Length;
}
