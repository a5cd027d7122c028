using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>Throughput and latency, and how busy generator and sink were.</summary>
static class SpeedTable
{
    const string Title =
        "Units (or MB) a second, and in ms the latency that half and 99 % of the units did not exceed. Load, sink and proxy share the cores: what one saves the others use.\n"
        + "Generator and sink: share of one core that each used beside ours, where near 100 % it would be they that are measured.";

    public static Table? Of(Results results)
    {
        if (!results.HasSamples)
            return null;
        Table table = new(Title, ["scenario", .. results.Proxies.Select(proxy => proxy == NoProxy.Word ? "no proxy" : proxy), "generator", "sink"]);
        foreach (string scenario in results.Scenarios)
            table.Add([scenario, .. results.Proxies.Select(proxy => Speed(results, scenario, proxy)), Share(results, scenario, s => s.LoadCpuShare), Share(results, scenario, s => s.SinkCpuShare)]);
        return table;
    }

    static string Speed(Results results, string scenario, string proxy) => results.Of(scenario, proxy).Any()
        ? $"{Table.Figure(results.Median(scenario, proxy, s => s.Rate))} ({Table.Figure(results.Median(scenario, proxy, s => s.P50))}, {Table.Figure(results.Median(scenario, proxy, s => s.P99))})"
        : "";

    static string Share(Results results, string scenario, Func<Sample, double> of)
    {
        double share = results.Median(scenario, results.Proxies.Contains(Ours.Word) ? Ours.Word : results.Proxies[^1], of);
        return double.IsNaN(share) ? "" : $"{100 * share:0} %";
    }
}
