using System.CommandLine;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>One table and one picture of several runs.</summary>
static class ReportCommand
{
    public static Command Build()
    {
        Argument<string[]> files = new("results.json") { Description = "What compare wrote, each with other scenarios.", Arity = ArgumentArity.OneOrMore };
        Option<string> folder = new("--out") { Description = "Folder for results.json, results.md and results.svg." };
        Command command = new("report", "Joins the results of several compare runs.") { files, folder };
        command.SetAction(parsed => Reports.Write(Results.Join([.. parsed.GetValue(files)!.Select(file => JsonReport.Read(File.ReadAllText(file)))]), parsed.GetValue(folder)));
        return command;
    }
}
