using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>
/// Sessions open all the time while kubelet swaps certificates beneath the proxy, broken ones among them: none fails for it, and each new session is shown
/// the newest valid one within ten seconds. By hand for longer: SMTP_TLS_PROXY_SOAK_SECONDS=600.
/// </summary>
public sealed class CertificateSoakTest : IDisposable
{
    static readonly TimeSpan s_late = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_swap = TimeSpan.FromSeconds(6);             // longer than the poll: each is seen once
    static readonly TimeSpan s_length = TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable("SMTP_TLS_PROXY_SOAK_SECONDS") ?? "26", CultureInfo.InvariantCulture));

    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();
    readonly List<(TimeSpan Since, string Serial)> _valid = [];
    readonly ConcurrentBag<(TimeSpan At, string Serial)> _seen = [];
    readonly Stopwatch _clock = new();

    public CertificateSoakTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task NoSessionFailsForASwapAndTheNewestIsShownInTime()
    {
        await using var sink = new SmtpSink();
        Directory.CreateDirectory(_scratch.PathTo("tls"));
        PemPair mounted = new(_scratch.PathTo("tls/tls.crt"), _scratch.PathTo("tls/tls.key"));
        foreach (string file in (string[])["tls.crt", "tls.key"])
            File.CreateSymbolicLink(_scratch.PathTo($"tls/{file}"), $"..data/{file}");
        _clock.Start();
        Mount(0, isBroken: false);
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(Yaml.Whole(
            Yaml.Listener("mx", _port, "implicit", "legacy", "limits: { connectionsPerMinutePerAddress: 1000000 }"), Yaml.Upstream("legacy", sink.Port, "none"), mounted));

        using var over = new CancellationTokenSource(s_length);
        Task[] clients = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => ConnectAsync(over.Token)))];
        long memory = 0;
        int swaps = 0;
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(s_swap, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (over.IsCancellationRequested)
                break;
            Mount(++swaps, isBroken: swaps % 2 == 1);
            Assert.Equal(HttpStatusCode.OK, await proxy.GetAsync("/readyz"));
            if (memory == 0 && _clock.Elapsed > s_length / 3)
                memory = proxy.Memory;
        }
        await Task.WhenAll(clients);

        Assert.True(_seen.Count > 50, $"{_seen.Count} sessions");
        Assert.All(_seen, seen => Assert.Contains(seen.Serial, Allowed(seen.At)));
        Assert.True(_seen.Select(seen => seen.Serial).Distinct().Count() >= Math.Min(_valid.Count - 1, 2), "the certificate changes");
        MetricsPage page = await proxy.MetricsAsync();
        Assert.Equal(0, page["listener_tls_handshakes_total", ("result", "protocol")]);
        Assert.True(page["certificate_reloads_total", ("result", "failure")] >= 1);
        Assert.True(proxy.Memory - memory < 48 * 1024 * 1024, $"{memory} octets became {proxy.Memory}");
        await proxy.StopAsync();
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    async Task ConnectAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            TimeSpan at = _clock.Elapsed;
            await using RawSmtp client = await RawSmtp.ImplicitAsync(_port, _ca.File);
            _seen.Add((at, ((SslStream)client.Tls!).RemoteCertificate!.GetSerialNumberString()));
            await client.QuitAsync();
            await Task.Delay(20, CancellationToken.None);
        }
    }

    // What was the newest valid one ten seconds ago, or has come since.
    IEnumerable<string> Allowed(TimeSpan at)
    {
        int newest = _valid.FindLastIndex(valid => valid.Since + s_late <= at);
        return _valid.Skip(Math.Max(newest, 0)).Select(valid => valid.Serial);
    }

    // As kubelet: a new folder, and the link to it swapped by a rename.
    void Mount(int number, bool isBroken)
    {
        PemPair pair = _ca.Issue(Names.Proxy), other = _ca.Issue(Names.Proxy);
        string folder = $"..{number}";
        _scratch.Write($"tls/{folder}/tls.crt", File.ReadAllText(pair.CertFile));
        _scratch.Write($"tls/{folder}/tls.key", File.ReadAllText((isBroken ? other : pair).KeyFile));
        if (!isBroken)
            _valid.Add((_clock.Elapsed, pair.Load().GetSerialNumberString()));
        Directory.CreateSymbolicLink(_scratch.PathTo("tls/..data_tmp"), folder);
        Assert.Equal(0, Rename(_scratch.PathTo("tls/..data_tmp"), _scratch.PathTo("tls/..data")));
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    static extern int Rename(string from, string to);
}
