using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Every scenario, in rounds, in which every proxy has its turn.</summary>
sealed class Comparison(Options options, Scratch scratch)
{
    readonly List<Sample> _samples = [];
    readonly List<LeftOut> _leftOut = [];

    public async Task<Results> RunAsync()
    {
        IReadOnlyList<Scenario> scenarios = Scenarios.Chosen(options.Patterns, options.Keys);
        if (scenarios.Count == 0)
            throw new InvalidOperationException("no scenario has such a name");
        string binary = options.Proxies.Contains(Ours.Word) ? Binary.Find(options.Binary, scratch) : "";
        foreach (IGrouping<Key, Scenario> ofKey in scenarios.GroupBy(scenario => scenario.Key))
            await RunAsync(ofKey.Key, [.. ofKey], binary);
        return new Results(Machine.Here(options), [.. scenarios.Select(scenario => scenario.Name)], options.Proxies, _samples, _leftOut);
    }

    async Task RunAsync(Key key, IReadOnlyList<Scenario> scenarios, string binary)
    {
        using Arena arena = new(scratch, key, options.Loops) { Duration = TimeSpan.FromSeconds(options.Seconds), WarmUp = TimeSpan.FromSeconds(options.Seconds / 3) };
        Contender[] proxies = [.. options.Proxies.Select(name => Field.Make(name, arena.Around, binary))];
        try
        {
            Array.ForEach(proxies, Arena.Start);
            foreach (Scenario scenario in scenarios)
                await RunAsync(arena, scenario, proxies);
        }
        finally
        {
            Array.ForEach(proxies, proxy => proxy.Dispose());
        }
    }

    async Task RunAsync(Arena arena, Scenario scenario, Contender[] proxies)
    {
        Contender[] able = [.. proxies.Where(proxy => IsAble(proxy, scenario))];
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Contender proxy in able)
                _samples.Add(await arena.MeasureAsync(scenario, proxy, round));
        }
        Progress.Say(scenario, _samples.Where(sample => sample.Scenario == scenario.Name));
    }

    bool IsAble(Contender proxy, Scenario scenario)
    {
        if (proxy.CannotDo(scenario) is not { } why)
            return true;
        _leftOut.Add(new LeftOut(scenario.Name, proxy.Name, why));
        return false;
    }
}
