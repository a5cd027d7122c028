using System.Diagnostics;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Waits for a condition of another process, which can only be looked at.</summary>
static class Eventually
{
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        TrueAsync(() => Task.FromResult(condition()), () => what, limit);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan patience = limit ?? TimeSpan.FromSeconds(30);
        while (!await condition())
        {
            if (clock.Elapsed > patience)
                Assert.Fail($"not within {patience.TotalSeconds} s: {what()}");
            await Task.Delay(25);
        }
    }
}
