using System.CommandLine;
using SmtpTlsProxy.Benchmarks.Report;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>The whole program beside others.</summary>
static class CompareCommand
{
    public static Command Build()
    {
        Command command = new("compare", "Measures the whole program beside stunnel, nginx, HAProxy and no proxy at all, in rounds, on this machine's loopback.");
        Options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(Options.Of(parsed)));
        return command;
    }

    static Task<int> RunAsync(Options options) => Guarded.RunAsync(options, async scratch =>
    {
        Comparison comparison = new(options, scratch);
        try
        {
            await comparison.RunAsync();
        }
        finally
        {   // what was measured before a failure is worth having
            Reports.Write(comparison.Results, options.Folder);
        }
    });
}
