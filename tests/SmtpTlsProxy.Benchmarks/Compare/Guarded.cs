using SmtpTlsProxy.Benchmarks.Load;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>A run between what must be there before it and what must not stay behind it.</summary>
static class Guarded
{
    const int Failed = 1, Unavailable = 69;

    public static async Task<int> RunAsync(Options options, Func<Scratch, Task> run)
    {
        string[] missing = [.. options.Proxies.Select(Field.Missing).OfType<string>()];
        if (missing.Length > 0)
        {
            Array.ForEach(missing, Console.Error.WriteLine);
            Console.Error.WriteLine("Or leave it out: --proxies names who takes part.");
            return Unavailable;
        }
        using Scratch scratch = new();
        try
        {
            await run(scratch);
            return 0;
        }
        catch (Exception failed) when (failed is LoadException or InvalidOperationException)
        {
            Console.Error.WriteLine(failed.Message);
            return Failed;
        }
    }
}
