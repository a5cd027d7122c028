using System.Globalization;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>A line a scenario while the run goes on.</summary>
static class Progress
{
    public static void Say(Scenario scenario, IEnumerable<Sample> samples) => Console.Error.WriteLine(
        $"{scenario.Name,-36} {string.Join("   ", samples.GroupBy(sample => sample.Proxy).Select(Of))}");

    static string Of(IGrouping<string, Sample> samples) => string.Create(
        CultureInfo.InvariantCulture, $"{samples.Key} {samples.Select(sample => sample.Cost).Median():0.0} µs {samples.Select(sample => sample.Rate).Median():0}/s");
}
