using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>
/// Sessions open all the time while kubelet swaps certificates beneath the proxy every five seconds, every other one broken: no handshake fails for it, each
/// new session is shown the newest valid one within ten seconds, a session that was open before stays, memory stays. By hand for longer:
/// SMTP_TLS_PROXY_SOAK_SECONDS=600.
/// </summary>
public sealed class CertificateSoakTest : IDisposable
{
    const long MiB = 1024 * 1024, Growth = 16 * MiB;
    const int Swap = 5;                                                   // looks at memory, a second each
    static readonly TimeSpan s_late = TimeSpan.FromSeconds(10), s_look = TimeSpan.FromSeconds(1), s_pause = TimeSpan.FromMilliseconds(300);
    static readonly TimeSpan s_length = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("SMTP_TLS_PROXY_SOAK_SECONDS") ?? "60", CultureInfo.InvariantCulture));

    readonly ITestOutputHelper _output;
    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly KubeletFolder _folder;
    readonly int _startTls = Ports.Free(), _implicit = Ports.Free();
    readonly List<(TimeSpan Since, string Serial)> _valid = [];
    readonly ConcurrentQueue<(TimeSpan At, string Serial)> _seen = [];
    readonly ConcurrentQueue<string> _failed = [];
    readonly List<long> _memory = [];
    readonly Stopwatch _clock = Stopwatch.StartNew();
    int _resuming, _broken;

    public CertificateSoakTest(ITestOutputHelper output)
    {
        _output = output;
        _ca = new TestCa(_scratch);
        _folder = new KubeletFolder(_scratch, "tls", _ca);
    }

    [Fact]
    public async Task NoSessionFailsForASwapAndTheNewestIsShownInTime()
    {
        await using var sink = new SmtpSink();
        Mount(Fault.None);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Listener("mx", _startTls, "required") + Listener("submissions", _implicit, "implicit"), Yaml.Upstream("legacy", sink.Port, "none"), _folder.Pair));
        await using RawSmtp open = await RawSmtp.ImplicitAsync(_implicit, _ca.File);

        using var over = new CancellationTokenSource();
        Task[] clients = [.. from port in (int[])[_startTls, _implicit] from mayResume in (bool[])[false, true] select Task.Run(() => ConnectAsync(port, mayResume, over.Token))];
        await SwapAsync(proxy, open);
        await BreakAsync(proxy);
        await over.CancelAsync();
        await Task.WhenAll(clients);
        await open.QuitAsync();
        await Quiet.ReachedAsync(proxy);                                  // no TLS object, socket or buffer is left, which memory alone would not show of a few

        MetricsPage page = await proxy.MetricsAsync();
        Tell(page);
        Assert.Empty(_failed);
        Assert.True(_seen.Count > s_length.TotalSeconds, $"{_seen.Count} sessions");
        Assert.All(_seen, seen => Assert.Contains(seen.Serial, Allowed(seen.At)));
        Assert.True(Shown >= _valid.Count - 1, $"{Shown} certificates were shown of {_valid.Count}");
        Assert.Equal(page["listener_tls_handshakes_total", ("result", "ok")], page["listener_tls_handshakes_total"]);
        Assert.True(page["listener_tls_handshakes_total"] >= _seen.Count + _resuming);
        Assert.True(page["listener_tls_sessions_total", ("resumed", "true")] > 0, "sessions are resumed");
        Assert.InRange(Settled.To - Settled.From, long.MinValue, Growth);
        await proxy.StopAsync();
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    int Shown => _seen.Select(seen => seen.Serial).Distinct().Count();

    // The lowest of the second third and of the last: what a collector has not yet taken is no growth.
    (long From, long To) Settled => (_memory.Skip(_memory.Count / 3).Take(_memory.Count / 3).Min(), _memory.TakeLast(_memory.Count / 3).Min());

    static string Listener(string name, int port, string tls) => Yaml.Listener(name, port, tls, "legacy", "limits: { connectionsPerMinutePerAddress: 1000000 }");

    async Task SwapAsync(ProxyProcess proxy, RawSmtp open)
    {
        for (int looks = 1; _clock.Elapsed < s_length; looks++)
        {
            await Task.Delay(s_look);
            if (looks % Swap == 0)
                Mount(looks / Swap % 2 == 0 ? Fault.None : NextFault());
            Assert.Equal(HttpStatusCode.OK, await proxy.GetAsync("/readyz"));
            await open.AskAsync("NOOP", "250");
            _memory.Add(proxy.Memory);
        }
    }

    // Between two swaps a look may just miss a broken one; this one stays.
    async Task BreakAsync(ProxyProcess proxy)
    {
        double before = (await proxy.MetricsAsync())["certificate_reloads_total", ("result", "failure")];
        Mount(NextFault());
        await proxy.MetricReachesAsync(before + 1, "certificate_reloads_total", ("result", "failure"));
        Assert.Equal(HttpStatusCode.OK, await proxy.GetAsync("/readyz"));
        Assert.Contains("Certificate refused, the one before stays: certificates.public", proxy.Said);
    }

    Fault NextFault() => (Fault)(1 + _broken++ % 4);

    void Mount(Fault fault)
    {
        string serial = _folder.Swap(fault);
        if (fault is Fault.None)
            _valid.Add((_clock.Elapsed, serial));
    }

    async Task ConnectAsync(int port, bool mayResume, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            TimeSpan at = _clock.Elapsed;
            try
            {
                string serial = await SerialAsync(port, mayResume);
                if (mayResume)
                    Interlocked.Increment(ref _resuming);
                else
                    _seen.Enqueue((at, serial));
            }
            catch (Exception failed)
            {   // whatever it is: no session may fail
                _failed.Enqueue($"{at} {port}: {failed}");
            }
            await Task.Delay(s_pause, CancellationToken.None);
        }
    }

    async Task<string> SerialAsync(int port, bool mayResume)
    {
        await using RawSmtp client = await RawSmtp.ConnectAsync(port);
        if (port == _startTls)
        {
            await client.ExpectAsync("220");
            await client.EhloAsync();
            await client.AskAsync("STARTTLS", "220");
        }
        // By a name for each port: a client keeps sessions by name, and listeners do not resume each other's.
        await client.HandshakeAsync(_ca.File, port == _startTls ? Names.Proxy : "localhost", mayResume);
        if (port == _implicit)
            await client.ExpectAsync("220");
        await client.EhloAsync();
        string serial = ((SslStream)client.Tls!).RemoteCertificate!.GetSerialNumberString();
        await client.QuitAsync();
        return serial;
    }

    // What was the newest valid one ten seconds ago, or has come since.
    IEnumerable<string> Allowed(TimeSpan at)
    {
        int newest = _valid.FindLastIndex(valid => valid.Since + s_late <= at);
        return _valid.Skip(Math.Max(newest, 0)).Select(valid => valid.Serial);
    }

    // How long after a newer one was mounted a session was still shown this one.
    TimeSpan Latest() => _seen.Select(seen => (seen.At, Next: _valid.FindIndex(valid => valid.Serial == seen.Serial) + 1))
        .Where(seen => seen.Next < _valid.Count).Select(seen => seen.At - _valid[seen.Next].Since).Append(TimeSpan.Zero).Max();

    void Tell(MetricsPage page) => _output.WriteLine(
        $"{_clock.Elapsed.TotalSeconds:f0} s: {_seen.Count} full handshakes and {_resuming} that might resume ({page["listener_tls_sessions_total", ("resumed", "true")]} did), {_failed.Count} failed; "
        + $"{_valid.Count} valid certificates ({Shown} shown, {page["certificate_reloads_total", ("result", "success")]} reloads), {_broken} broken ({page["certificate_reloads_total", ("result", "failure")]} refused); "
        + $"an older one was shown for {Latest().TotalSeconds:f1} s at most; memory in MiB: {string.Join(", ", _memory.Chunk(Math.Max(_memory.Count / 9, 1)).Select(some => some.Min() / (double)MiB).Select(some => some.ToString("f1", CultureInfo.InvariantCulture)))}");
}
