using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>A run as text on the terminal, and as files where a folder is named.</summary>
static class Reports
{
    public static void Write(Results results, Options options)
    {
        string text = MarkdownReport.Of(results);
        Console.WriteLine(text);
        if (options.Folder is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "results.md"), text);
        File.WriteAllText(Path.Combine(folder, "results.json"), JsonReport.Of(results));
    }
}
