namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>The CPU that proxy, generator and sink have used by now.</summary>
readonly record struct Clocks(TimeSpan Proxy, TimeSpan Load, TimeSpan Sink)
{
    public static Clocks Read(ProcessTree? proxy, int sink) =>
        new(proxy?.Cpu() ?? default, new ProcessTree(Environment.ProcessId).OwnCpu(), new ProcessTree(sink).OwnCpu());

    public static Clocks operator -(Clocks a, Clocks b) => new(a.Proxy - b.Proxy, a.Load - b.Load, a.Sink - b.Sink);
}
