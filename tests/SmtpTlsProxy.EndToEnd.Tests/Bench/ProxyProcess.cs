using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>The built proxy as its users run it: a process, a file, signals, and what it shows on its metrics address.</summary>
sealed class ProxyProcess : IAsyncDisposable
{
    const int SigHup = 1, SigInt = 2, SigTerm = 15;
    static readonly HttpClient s_http = new() { Timeout = TimeSpan.FromSeconds(5) };
    readonly HttpClient _http;
    readonly Process _process;
    readonly StringBuilder _said = new();
    readonly Scratch? _scratch;

    ProxyProcess(Process process, int metricsPort, Scratch? scratch, NetworkNamespace? network = null)
    {
        _http = network?.NewHttpClient() ?? s_http;
        _process = process;
        _scratch = scratch;
        MetricsPort = metricsPort;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Leftovers.Add(this, process.Kill);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int MetricsPort { get; }
    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;

    /// <summary>Both output streams so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>Open sockets. Other descriptors the runtime opens when it likes.</summary>
    public int Sockets => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>The most memory that the process ever held, in octets.</summary>
    public long PeakMemory => StatusLine("VmHWM:");

    public long Memory => StatusLine("VmRSS:");

    /// <summary>`run` with this configuration, to which a metrics address is added; returns when it is ready.</summary>
    public static Task<ProxyProcess> StartAsync(string yaml, params (string Name, string Value)[] environment) => StartAsync(ProxyBinary.Default, yaml, environment);

    public static async Task<ProxyProcess> StartAsync(ProxyBinary binary, string yaml, params (string Name, string Value)[] environment)
    {
        var scratch = new Scratch();
        int metrics = Ports.Free();
        string file = scratch.Write("config.yaml", Whole(yaml, metrics, Names.Proxy));
        var proxy = new ProxyProcess(Launch(binary, ["run", "--config", file], environment), metrics, scratch, binary.Network);
        try
        {
            await Eventually.TrueAsync(proxy.IsReadyAsync, () => "the proxy is ready; it said:\n" + proxy.Said);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts any command and leaves it running.</summary>
    public static ProxyProcess Start(params string[] arguments) => new(Launch(ProxyBinary.Default, arguments, []), 0, null);

    /// <summary>Runs any command to its end.</summary>
    public static Task<Ran> RunAsync(params string[] arguments) => RunAsync(ProxyBinary.Default, arguments);

    public static Task<Ran> RunAsync(ProxyBinary binary, params string[] arguments) => Shell.RunAsync(binary.Program, [.. binary.First, .. arguments]);

    public async Task<MetricsPage> MetricsAsync() => new(await _http.GetStringAsync($"http://127.0.0.1:{MetricsPort}/metrics"));

    public async Task<HttpStatusCode> GetAsync(string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"http://127.0.0.1:{MetricsPort}{path}");
        return answer.StatusCode;
    }

    public async Task MetricReachesAsync(double atLeast, string name, params (string Key, string Value)[] labels)
    {
        MetricsPage? page = null;
        await Eventually.TrueAsync(
            async () => (page = await MetricsAsync())[name, labels] >= atLeast,
            () => $"{name} {string.Join(' ', labels)} reaches {atLeast}; relevant series:\n{string.Join('\n', page!.Named(name))}\n{Said}",
            TimeSpan.FromSeconds(10));
    }

    public void Terminate() => Assert.Equal(0, Kill(Id, SigTerm));

    /// <summary>Writes another configuration into its file, as an editor does that renames.</summary>
    public void Rewrite(string yaml, string hostname = Names.Proxy) =>
        File.Move(_scratch!.Write("config.new", Whole(yaml, MetricsPort, hostname)), _scratch.PathTo("config.yaml"), overwrite: true);

    /// <summary>SIGHUP.</summary>
    public void HangUp() => Assert.Equal(0, Kill(Id, SigHup));

    public void Interrupt() => Assert.Equal(0, Kill(Id, SigInt));

    /// <summary>SIGTERM, and a clean end.</summary>
    public async Task StopAsync()
    {
        Terminate();
        await EndsAsync();
    }

    /// <summary>It ends within a limit; a negative <paramref name="exitCode"/>: with any code.</summary>
    public async Task EndsAsync(int exitCode = 0, TimeSpan? limit = null)
    {
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(40));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail("the proxy did not end:\n" + Said);
        }
        Assert.True(exitCode < 0 || _process.ExitCode == exitCode, $"ended with {_process.ExitCode}:\n{Said}");
    }

    public async ValueTask DisposeAsync()
    {
        Leftovers.Remove(this);
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        _scratch?.Dispose();
        if (_http != s_http)
            _http.Dispose();
    }

    async Task<bool> IsReadyAsync()
    {
        Assert.False(_process.HasExited, "the proxy ended at start:\n" + Said);
        try
        {
            return await GetAsync("/readyz") == HttpStatusCode.OK;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    // Two loops, whatever the machine: what goes wrong between two is to be seen.
    static string Whole(string yaml, int metrics, string hostname) => $"hostname: {hostname}\nmetrics: {{ address: \"127.0.0.1:{metrics}\" }}\nstatus: disabled\nloops: 2\n{yaml}\n";

    long StatusLine(string name)
    {
        string line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_said)
            _said.AppendLine(line);
    }

    static Process Launch(ProxyBinary binary, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(binary.Program, [.. binary.First, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    static extern int Kill(int process, int signal);
}
