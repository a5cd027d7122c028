using System.Globalization;
using System.Text;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>The table: CPU a unit, and ours in everybody else's.</summary>
static class MarkdownReport
{
    public static string Of(Results results)
    {
        StringBuilder text = new();
        CostTable(text, results);
        return text.ToString();
    }

    static void CostTable(StringBuilder text, Results results)
    {
        string[] measured = [.. results.Proxies.Where(proxy => proxy != NoProxy.Word)];
        string[] others = [.. measured.Where(proxy => proxy != Ours.Word)];
        bool compares = measured.Contains(Ours.Word);
        string[] heads = ["scenario", .. measured.Select(proxy => $"{proxy}, µs"), .. compares ? others.Select(proxy => $"ours : {proxy}") : []];
        text.AppendLine($"| {string.Join(" | ", heads)} |").AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", heads.Length - 1))}");
        foreach (string scenario in results.Scenarios)
        {
            IEnumerable<string> costs = measured.Select(proxy => Number(results.Median(scenario, proxy, sample => sample.Cost)) ?? results.WhyNot(scenario, proxy) ?? "");
            IEnumerable<string> ratios = others.Select(proxy => Ratio(results.CostRatio(scenario, Ours.Word, proxy)));
            text.AppendLine($"| {string.Join(" | ", [scenario, .. costs, .. compares ? ratios : []])} |");
        }
    }

    static string? Number(double value) => double.IsNaN(value) ? null : value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    static string Ratio(double value) => double.IsNaN(value) ? "" : value.ToString("0.00", CultureInfo.InvariantCulture);
}
