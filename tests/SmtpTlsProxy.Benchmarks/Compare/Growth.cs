using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Our proxy with so many loops, at every size, started anew for each.</summary>
sealed class Growth(Options options, Scratch scratch, int loops, string binary)
{
    static readonly int[] s_sessions = [100, 1_000, 5_000], s_megabytes = [1, 10, 100];

    public async Task<IReadOnlyList<GrowthStep>> RunAsync()
    {
        using Arena arena = new(scratch, options.Keys[0], loops) { Duration = TimeSpan.FromSeconds(options.Seconds), WarmUp = TimeSpan.FromSeconds(options.Seconds / 2) };
        List<GrowthStep> steps = [];
        foreach (int sessions in s_sessions)
            steps.Add(await StepAsync(arena, $"4 KB messages, {sessions} sessions", sessions == s_sessions[0], new(Side.Ingress, TlsKind.Implicit, $"{sessions}", Work.Message, options.Keys[0]) { Clients = sessions }));
        foreach (int megabytes in s_megabytes)
            steps.Add(await StepAsync(arena, $"DATA, {megabytes} MB", megabytes == s_megabytes[0], new(Side.Ingress, TlsKind.Implicit, $"{megabytes}mb", Work.Bulk, options.Keys[0], megabytes) { Clients = 2 }));
        return steps;
    }

    async Task<GrowthStep> StepAsync(Arena arena, string size, bool isFirst, Scenario scenario)
    {
        using Ours proxy = new(arena.Around, binary);
        Arena.Start(proxy);
        long atRest = proxy.Tree!.Memory().Proportional;
        List<Sample> samples = [];
        for (int round = 1; round <= options.Rounds; round++)
            samples.Add(await arena.MeasureAsync(scenario, proxy, round));
        GrowthStep step = new(loops, size, isFirst, scenario.Clients, atRest, samples);
        Console.Error.WriteLine($"{loops} loops, {size}: {step.Cost:0.0} µs, {step.Memory / 1e6:0.0} MB");
        return step;
    }
}
