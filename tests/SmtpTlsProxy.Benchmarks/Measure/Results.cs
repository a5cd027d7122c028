namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>A scenario that a proxy has no means for.</summary>
sealed record LeftOut(string Scenario, string Proxy, string Why);

/// <summary>A whole run.</summary>
sealed record Results(Machine Machine, IReadOnlyList<string> Scenarios, IReadOnlyList<string> Proxies, IReadOnlyList<Sample> Samples, IReadOnlyList<IdleSample> Idle, IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>Several runs of different scenarios on one machine as one.</summary>
    public static Results Join(IReadOnlyList<Results> parts) => new(
        parts[0].Machine with { Command = string.Join("; ", parts.Select(part => part.Machine.Command)) },
        [.. parts.SelectMany(part => part.Scenarios).Distinct()], [.. parts.SelectMany(part => part.Proxies).Distinct()],
        [.. parts.SelectMany(part => part.Samples)], [.. parts.SelectMany(part => part.Idle)], [.. parts.SelectMany(part => part.LeftOut)]);

    public bool HasSamples => Samples.Count > 0;


    public IEnumerable<Sample> Of(string scenario, string proxy) => Samples.Where(sample => sample.Scenario == scenario && sample.Proxy == proxy);

    public double Median(string scenario, string proxy, Func<Sample, double> of) => Of(scenario, proxy).Select(of).Median();

    /// <summary>The median of one proxy's cost in another's, compared within each round.</summary>
    public double Ratio(string scenario, string proxy, string to) => Ratio(scenario, scenario, proxy, to);

    /// <summary>The same across two scenarios of one run.</summary>
    public double Ratio(string scenario, string ofScenario, string proxy, string to) =>
        Of(scenario, proxy).Join(Of(ofScenario, to), mine => mine.Round, other => other.Round, (mine, other) => mine.Cost / other.Cost).Median();

    public string? WhyNot(string scenario, string proxy) => LeftOut.FirstOrDefault(entry => entry.Scenario == scenario && entry.Proxy == proxy)?.Why;
}
