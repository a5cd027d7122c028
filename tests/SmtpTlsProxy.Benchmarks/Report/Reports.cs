using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>A run as text on the terminal, and as files where a folder is named.</summary>
static class Reports
{
    public static void Write(Results results, Options options)
    {
        Write("results", MarkdownReport.Of(results), results, options);
        if (options.Folder is { } folder && Picture.Of(results) is { } picture)
            File.WriteAllText(Path.Combine(folder, "results.svg"), picture);
    }

    public static void Write(IReadOnlyList<GrowthStep> steps, Machine machine, Options options) =>
        Write("growth", $"{MarkdownReport.Origin(machine)}\n\n{GrowthTable.Of(steps)}", new { machine, steps }, options);

    static void Write(string name, string text, object raw, Options options)
    {
        Console.WriteLine(text);
        if (options.Folder is not { } folder)
            return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".md"), text);
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonReport.Of(raw));
    }
}
