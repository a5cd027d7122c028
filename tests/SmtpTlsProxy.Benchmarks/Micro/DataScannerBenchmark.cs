using BenchmarkDotNet.Attributes;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Benchmarks.Micro;

/// <summary>Content through the scanner, in the pieces that a TLS leg hands over.</summary>
public class DataScannerBenchmark
{
    const int Octets = 1024 * 1024, Piece = 60 * 1024;
    byte[] _content = [];

    [Params(BareNewlines.Normalize, BareNewlines.Reject, BareNewlines.Accept, BareNewlines.Pass)]
    public BareNewlines Word { get; set; }

    [Params("text", "base64", "dots", "empty lines", "bare LF", "bare CR", "CR LF NUL dot")]
    public string Content { get; set; } = "";

    [GlobalSetup]
    public void Fill() => _content = Contents.Of(Content, Octets);

    [Benchmark]
    [Octets(Octets)]
    public long Scan()
    {
        var scanner = new DataScanner(Word);
        long written = 0;
        int at = 0, end = Piece;
        while (at < _content.Length)
        {
            DataStep step = scanner.Scan(_content.AsSpan(at, Math.Min(end, _content.Length) - at));
            written += step.Output.Length;
            at += step.Consumed;
            if (step.NeedsMore || at == end)
            {
                if (end >= _content.Length)
                    break;
                end += Piece;
            }
        }
        return written;
    }
}
