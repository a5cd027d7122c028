using System.Globalization;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>What the sink has seen since it started: messages, and handshakes that were full or resumed.</summary>
readonly record struct SinkReport(SinkCounts Taken, long Full, long Resumed)
{
    public static SinkReport operator -(SinkReport a, SinkReport b) => new(a.Taken - b.Taken, a.Full - b.Full, a.Resumed - b.Resumed);

    public static SinkReport Parse(string line)
    {
        string[] words = line.Split(' ');
        long Number(int at) => long.Parse(words[at], CultureInfo.InvariantCulture);
        return new(new(Number(0), Number(1), ulong.Parse(words[2], CultureInfo.InvariantCulture)), Number(3), Number(4));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Taken.Messages} {Taken.Octets} {Taken.Checksums} {Full} {Resumed}");
}
