using System.Globalization;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>A line a scenario while the run goes on.</summary>
static class Progress
{
    public static void Say(Scenario scenario, IEnumerable<Sample> samples) =>
        Console.Error.WriteLine($"{scenario.Name,-34} {string.Join("   ", samples.GroupBy(sample => sample.Proxy).Select(Of))}");

    public static void Say(IdleSample sample) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{sample.Scenario,-34} {sample.Proxy}: greets after {sample.Starts.Median():0} ms, {sample.AtRest.Proportional / 1e6:0.0} MB at rest, "
        + $"{string.Join(", ", sample.Sessions.Select(held => $"{sample.Proportional(held) / 1e3:0.0} KB at {held.Sessions}"))}, {sample.After.Proportional / 1e6:0.0} MB after"));

    static string Of(IGrouping<string, Sample> samples) => string.Create(
        CultureInfo.InvariantCulture, $"{samples.Key} {samples.Select(sample => sample.Cost).Median():0.0} µs {samples.Select(sample => sample.Rate).Median():0}/s");
}
