using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>CPU a unit of every proxy, and ours in everybody else's.</summary>
static class CostTable
{
    const string Title =
        "Proxy CPU, user and system, in µs: a connection, a message of 4 KB, or (bulk, bdat) a MB. Medians; ratios are the median of those within a round.\n"
        + "A ratio in parentheses is to HAProxy's implicit TLS, for it has no STARTTLS.";

    public static Table? Of(Results results)
    {
        if (!results.HasSamples)
            return null;
        string[] measured = [.. results.Proxies.Where(proxy => proxy != NoProxy.Word)];
        string[] others = measured.Contains(Ours.Word) ? [.. measured.Where(proxy => proxy != Ours.Word)] : [];
        Table table = new(Title, ["scenario", .. measured, .. others.Select(proxy => $"ours : {proxy}")]);
        foreach (string scenario in results.Scenarios)
            table.Add([scenario, .. measured.Select(proxy => Cost(results, scenario, proxy)), .. others.Select(proxy => Ratio(results, scenario, proxy))]);
        return table;
    }

    static string Cost(Results results, string scenario, string proxy) =>
        results.WhyNot(scenario, proxy) ?? Table.Figure(results.Median(scenario, proxy, sample => sample.Cost));

    static string Ratio(Results results, string scenario, string proxy)
    {
        double ratio = results.Ratio(scenario, Ours.Word, proxy);
        string implicitly = scenario.Replace("/starttls/", "/implicit/", StringComparison.Ordinal);
        return !double.IsNaN(ratio) || proxy != HaProxy.Word || double.IsNaN(results.Ratio(scenario, implicitly, Ours.Word, proxy))
            ? Table.Ratio(ratio)
            : $"({Table.Ratio(results.Ratio(scenario, implicitly, Ours.Word, proxy))})";
    }
}
