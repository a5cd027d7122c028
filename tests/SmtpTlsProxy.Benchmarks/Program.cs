using System.CommandLine;
using BenchmarkDotNet.Running;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Micro;
using SmtpTlsProxy.Benchmarks.Report;
using SmtpTlsProxy.Benchmarks.Sinks;

RootCommand root = new("What SmtpTlsProxy costs: the whole program beside others (compare), and its parts (micro, with BenchmarkDotNet's own flags).")
{
    CompareCommand.Build(), GrowthCommand.Build(), ReportCommand.Build(), SinkCommand.Build(),
};

// BenchmarkDotNet reads its flags itself: behind `micro`, or alone.
if (args.Length == 0 || args[0] == "micro" || (args[0].StartsWith('-') && args[0] is not ("--help" or "-h" or "--version")))
{
    BenchmarkSwitcher.FromAssembly(typeof(GigabytesColumn).Assembly).Run([.. args.SkipWhile(word => word == "micro")], new MicroConfig());
    return 0;
}

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
