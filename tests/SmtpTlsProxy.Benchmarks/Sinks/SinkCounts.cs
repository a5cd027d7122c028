namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>Messages, their octets, and the sum of their checksums, which no order of arrival changes.</summary>
readonly record struct SinkCounts(long Messages, long Octets, ulong Checksums)
{
    public static SinkCounts operator +(SinkCounts a, SinkCounts b) => new(a.Messages + b.Messages, a.Octets + b.Octets, unchecked(a.Checksums + b.Checksums));

    public static SinkCounts operator -(SinkCounts a, SinkCounts b) => new(a.Messages - b.Messages, a.Octets - b.Octets, unchecked(a.Checksums - b.Checksums));

    public static SinkCounts operator *(int count, SinkCounts one) => new(count * one.Messages, count * one.Octets, unchecked((ulong)count * one.Checksums));
}
