namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Nothing is open any more: the gauges say zero, those for debugging too.</summary>
static class Quiet
{
    public static async Task ReachedAsync(ProxyProcess proxy)
    {
        MetricsPage? page = null;
        await Eventually.TrueAsync(
            async () => Open(page = await proxy.MetricsAsync()).All(gauge => gauge.Value == 0),
            () => "gauges at zero: " + string.Join(' ', Open(page!)),
            TimeSpan.FromSeconds(40));
    }

    static IEnumerable<(string Series, double Value)> Open(MetricsPage page) => page.Named("proxy_sessions", "upstream_sessions", "handshakes_in_progress", "_live_", "_debug_")
        .Where(gauge => !gauge.Series.Contains("_limit", StringComparison.Ordinal) && !gauge.Series.Contains("_total", StringComparison.Ordinal));
}
