using System.CommandLine;
using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;
using SmtpTlsProxy.Benchmarks.Report;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>The whole program beside others.</summary>
static class CompareCommand
{
    public static Command Build()
    {
        Command command = new("compare", "Measures the whole program beside stunnel, nginx, HAProxy and no proxy at all, in rounds, on this machine's loopback.");
        Options.AddTo(command);
        command.SetAction(async (parsed, _) => await RunAsync(Options.Of(parsed)));
        return command;
    }

    static async Task<int> RunAsync(Options options)
    {
        string[] missing = [.. options.Proxies.Select(Field.Missing).OfType<string>()];
        if (missing.Length > 0)
        {
            Array.ForEach(missing, Console.Error.WriteLine);
            Console.Error.WriteLine("or leave it out by --proxies");
            return 69;
        }
        using Scratch scratch = new();
        Comparison comparison = new(options, scratch);
        try
        {
            Results results = await comparison.RunAsync();
            Reports.Write(results, options);
            return 0;
        }
        catch (Exception failed) when (failed is LoadException or InvalidOperationException)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }
    }
}
