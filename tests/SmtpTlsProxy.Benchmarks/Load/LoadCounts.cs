using SmtpTlsProxy.Benchmarks.Sinks;

namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>What a run has done: on the generator's loop until the run is over.</summary>
sealed class LoadCounts
{
    readonly List<TimeSpan> _latencies = new(1 << 16);

    public int Units => _latencies.Count;

    public TimeSpan Elapsed { get; set; }

    /// <summary>What the sink must have taken.</summary>
    public SinkCounts Sent { get; private set; }

    public void Add(TimeSpan latency, LoadPlan plan)
    {
        _latencies.Add(latency);
        if (plan.Messages > 0)
            Sent += plan.Letter.Counts;
    }

    /// <summary>The latency that this share of the units did not exceed.</summary>
    public TimeSpan Latency(double share)
    {
        if (_latencies.Count == 0)
            return TimeSpan.Zero;
        _latencies.Sort();
        return _latencies[Math.Min(_latencies.Count - 1, (int)(share * _latencies.Count))];
    }
}
