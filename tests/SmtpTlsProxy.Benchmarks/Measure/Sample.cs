namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>One round of one scenario at one proxy.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Proxy">Whose.</param>
/// <param name="Round">From 1.</param>
/// <param name="Units">Connections, or messages, done.</param>
/// <param name="Megabytes">Content of a unit, where that is what counts; else 0.</param>
/// <param name="Seconds">How long they took.</param>
/// <param name="CpuSeconds">What the proxy's processes used meanwhile.</param>
/// <param name="P50">The median latency of a unit, in milliseconds.</param>
/// <param name="P99">The latency that 99 % did not exceed, in milliseconds.</param>
/// <param name="LoadCpuShare">Of one core: what the generator used. Near 1 it is the bottleneck.</param>
/// <param name="SinkCpuShare">The same of the sink.</param>
/// <param name="Memory">Octets that the proxy's processes held at the end, proportionally (PSS), while the sessions stood.</param>
sealed record Sample(
    string Scenario, string Proxy, int Round, int Units, double Megabytes, double Seconds, double CpuSeconds, double P50, double P99, double LoadCpuShare, double SinkCpuShare, long Memory)
{
    /// <summary>Microseconds a unit; where megabytes count, a megabyte, which is the same number as milliseconds a gigabyte.</summary>
    public double Cost => CpuSeconds * 1e6 / (Megabytes > 0 ? Units * Megabytes : Units);

    /// <summary>Units a second, or megabytes.</summary>
    public double Rate => Units * (Megabytes > 0 ? Megabytes : 1) / Seconds;
}
