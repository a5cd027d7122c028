using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Every scenario, in rounds, in which every proxy has its turn.</summary>
sealed class Comparison(Options options, Scratch scratch)
{
    readonly List<string> _scenarios = [];
    readonly List<Sample> _samples = [];
    readonly List<IdleSample> _idle = [];
    readonly List<LeftOut> _leftOut = [];

    /// <summary>What was measured so far.</summary>
    public Results Results => new(Machine.Here(options), _scenarios, options.Proxies, _samples, _idle, _leftOut);

    public async Task RunAsync()
    {
        string binary = options.Proxies.Contains(Ours.Word) ? Binary.Find(options.Binary, scratch) : "";
        IReadOnlyList<Scenario> scenarios = Scenarios.Chosen(options.Patterns, options.Keys);
        foreach (Key key in options.Keys)
            await RunAsync(key, [.. scenarios.Where(scenario => scenario.Key == key)], binary);
        if (_scenarios.Count + _idle.Count == 0)
            throw new InvalidOperationException("no scenario has such a name");
    }

    async Task RunAsync(Key key, IReadOnlyList<Scenario> scenarios, string binary)
    {
        using Arena arena = new(scratch, key, options.Loops) { Duration = TimeSpan.FromSeconds(options.Seconds), WarmUp = TimeSpan.FromSeconds(options.Seconds / 3) };
        if (scenarios.Count > 0)
            await WorkAsync(arena, scenarios, binary);
        if (key == options.Keys[0])
            await IdleAsync(arena, key, binary);
    }

    async Task WorkAsync(Arena arena, IReadOnlyList<Scenario> scenarios, string binary)
    {
        Contender[] proxies = [.. options.Proxies.Select(name => Field.Make(name, arena.Around, binary))];
        try
        {
            Array.ForEach(proxies, Arena.Start);
            foreach (Scenario scenario in scenarios)
                await WorkAsync(arena, scenario, [.. proxies.Where(proxy => IsAble(proxy, scenario))]);
        }
        finally
        {
            Array.ForEach(proxies, proxy => proxy.Dispose());
        }
    }

    async Task WorkAsync(Arena arena, Scenario scenario, List<Contender> proxies)
    {
        _scenarios.Add(scenario.Name);
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Contender proxy in proxies.ToArray())
            {
                if (await SampleAsync(arena, scenario, proxy, round) is { } sample)
                    _samples.Add(sample);
                else
                    proxies.Remove(proxy);
            }
        }
        Progress.Say(scenario, _samples.Where(sample => sample.Scenario == scenario.Name));
    }

    // Null where another's proxy does not keep to the scenario: the table says so. Where ours does not, the run is worth nothing.
    async Task<Sample?> SampleAsync(Arena arena, Scenario scenario, Contender proxy, int round)
    {
        try
        {
            return await arena.MeasureAsync(scenario, proxy, round);
        }
        catch (LoadException failed)
        {
            Console.Error.WriteLine($"{scenario.Name}, {proxy.Name}: {failed.Message}");
            if (proxy is Ours or NoProxy)
                throw;
            _samples.RemoveAll(sample => sample.Scenario == scenario.Name && sample.Proxy == proxy.Name);
            _leftOut.Add(new LeftOut(scenario.Name, proxy.Name, failed.Message));
            return null;
        }
    }

    async Task IdleAsync(Arena arena, Key key, string binary)
    {
        IdleTrial trial = new(arena, binary);
        foreach ((string name, Route route) in IdleTrial.Of(key, options))
        {
            foreach (string proxy in options.Proxies.Where(proxy => Field.Serves(proxy, route)))
            {
                IdleSample sample = await trial.MeasureAsync(name, route, proxy, options.Rounds);
                Progress.Say(sample);
                _idle.Add(sample);
            }
        }
    }

    bool IsAble(Contender proxy, Scenario scenario)
    {
        if (proxy.CannotDo(scenario) is not { } why)
            return true;
        _leftOut.Add(new LeftOut(scenario.Name, proxy.Name, why));
        return false;
    }
}
