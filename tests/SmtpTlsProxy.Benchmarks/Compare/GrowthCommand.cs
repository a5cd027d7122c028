using System.CommandLine;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Report;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Whether a unit costs the same when there are more of them, or bigger ones, or more loops.</summary>
static class GrowthCommand
{
    static readonly int[] s_loops = [1, 2];

    public static Command Build()
    {
        Command command = new("growth", "Measures CPU and memory a unit with 100, 1,000 and 5,000 sessions, with messages of 1, 10 and 100 MB, and with 1 and 2 loops.");
        Options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(Options.Of(parsed)));
        return command;
    }

    static Task<int> RunAsync(Options options) => Guarded.RunAsync(options, async scratch =>
    {
        string binary = Binary.Find(options.Binary, scratch);
        List<GrowthStep> steps = [];
        foreach (int loops in s_loops)
            steps.AddRange(await new Growth(options, scratch, loops, binary).RunAsync());
        Reports.Write(steps, Machine.Here(options), options.Folder);
    });
}
