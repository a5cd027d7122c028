using System.Diagnostics;
using System.Text.Json;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>The sink, seen from the process that measures.</summary>
sealed class SinkProcess : IDisposable
{
    readonly Process _process;

    SinkProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public SinkPorts Ports { get; private set; } = null!;

    public static SinkProcess Start(string certificateFile, string keyFile)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SinkProcess).Assembly.Location);
        foreach (string argument in (string[])["sink", certificateFile, keyFile])
            start.ArgumentList.Add(argument);
        SinkProcess sink = new(Children.Start(start));
        sink.Ports = JsonSerializer.Deserialize<SinkPorts>(sink.Line())!;
        return sink;
    }

    public SinkReport Report()
    {
        _process.StandardInput.WriteLine("report");
        return SinkReport.Parse(Line());
    }

    /// <summary>What it has seen since then, once that is as many messages as expected; waits a little for what is under way.</summary>
    public SinkReport Since(SinkReport before, SinkCounts expected)
    {
        long started = Stopwatch.GetTimestamp();
        SinkReport seen;
        while ((seen = Report() - before).Taken != expected && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2))
            Thread.Sleep(20);
        return seen;
    }

    public void Dispose() => Children.Stop(_process);

    string Line() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the sink has ended");
}
