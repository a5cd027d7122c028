using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>A run as text on the terminal, and as files where a folder is named.</summary>
static class Reports
{
    public static void Write(Results results, string? folder)
    {
        Write("results", MarkdownReport.Of(results), results, folder);
        if (folder is not null && Picture.Of(results) is { } picture)
            File.WriteAllText(Path.Combine(folder, "results.svg"), picture);
    }

    public static void Write(IReadOnlyList<GrowthStep> steps, Machine machine, string? folder) =>
        Write("growth", $"{MarkdownReport.Origin(machine)}\n\n{GrowthTable.Of(steps)}", new { machine, steps }, folder);

    static void Write(string name, string text, object raw, string? folder)
    {
        Console.WriteLine(text);
        if (folder is null)
            return;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".md"), text);
        File.WriteAllText(Path.Combine(folder, name + ".json"), JsonReport.Of(raw));
    }
}
