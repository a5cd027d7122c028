using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Starts proxies anew, and fills them with sessions that are silent.</summary>
sealed class IdleTrial(Arena arena, string binary)
{
    static readonly int[] s_sessions = [1_000, 5_000];
    static readonly TimeSpan s_rest = TimeSpan.FromSeconds(10), s_after = TimeSpan.FromSeconds(10);

    /// <summary>The routes that it is measured on, as the names of scenarios.</summary>
    public static IEnumerable<(string Name, Route Route)> Of(Key key, Options options) =>
        from route in Route.All
        where !route.Resumes
        let name = $"{route.Side}/{route.Tls}/idle/{key}".ToLowerInvariant()
        where options.Wants(name)
        select (name, route);

    /// <summary>One proxy on one route that it has.</summary>
    public async Task<IdleSample> MeasureAsync(string scenario, Route route, string proxy, int starts)
    {
        List<double> took = [];
        // The first warms files and this program, and does not count.
        for (int start = 0; start < starts; start++)
        {
            using Contender once = Field.Make(proxy, arena.Around, binary);
            TimeSpan greeted = await arena.StartToGreetingAsync(route, once);
            if (start > 0)
                took.Add(greeted.TotalMilliseconds);
        }
        using Contender standing = Field.Make(proxy, arena.Around, binary);
        took.Add((await arena.StartToGreetingAsync(route, standing)).TotalMilliseconds);
        await Task.Delay(s_rest);
        Memory atRest = standing.Tree!.Memory();
        (List<Held> held, Memory after) = await FillAsync(route, standing);
        return new IdleSample(scenario, proxy, atRest, held, after, took);
    }

    async Task<(List<Held> Held, Memory After)> FillAsync(Route route, Contender proxy)
    {
        List<LoadRun> standing = [];
        List<Held> held = [];
        foreach (int sessions in s_sessions)
        {
            standing.Add(await arena.OpenIdleAsync(route, proxy, sessions - held.LastOrDefault().Sessions));
            await Task.Delay(s_rest);
            held.Add(new Held(sessions, proxy.Tree!.Memory()));
        }
        foreach (LoadRun run in standing)
            await run.CloseAsync();
        await Task.Delay(s_after);
        return (held, proxy.Tree!.Memory());
    }
}
