using System.Net;
using System.Text;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary>What the demo plays on: legacy server, taps on both legs, the proxy itself.</summary>
sealed class DemoStage : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("smtp-tls-proxy-demo-").FullName;
    readonly LegacyServer _legacy = new(message => Console.WriteLine($"\n  The legacy server has received a message:\n{Indented(message)}"));

    DemoStage()
    {
        DemoCertificate.Write(_folder, TimeProvider.System);
        _legacy.Start();
        Plain = new WireTap(_legacy.Address);
        Wire = new WireTap(new IPEndPoint(IPAddress.Loopback, Ports.Mx));
        Plain.Start();
        Wire.Start();
        Configuration = DemoConfiguration.Yaml(_folder, Ports, Plain.Address.Port, Wire.Address.Port);
        Proxy = new ProxyHost(Loaded(Configuration));
    }

    public DemoPorts Ports { get; } = DemoPorts.Choose();

    public string Configuration { get; }

    public string CertificateFile => Path.Combine(_folder, "demo.crt");

    /// <summary>The wire between the two proxies: what a listener hears.</summary>
    public WireTap Wire { get; }

    /// <summary>The wire to the legacy server, on the same machine.</summary>
    public WireTap Plain { get; }

    public ProxyHost Proxy { get; }

    public IPEndPoint Outbound => new(IPAddress.Loopback, Ports.Outbound);

    /// <summary>The legacy server itself, with no proxy before it.</summary>
    public IPEndPoint Legacy => _legacy.Address;

    public IPEndPoint Mx => new(IPAddress.Loopback, Ports.Mx);

    /// <summary>The listener whose server must be told who the client is, and cannot be.</summary>
    public IPEndPoint Strangers => new(IPAddress.Loopback, Ports.Strangers);

    public static async Task<DemoStage> OpenAsync(CancellationToken cancel)
    {
        DemoStage stage = new();
        try
        {
            await stage.Proxy.StartAsync(cancel);
            return stage;
        }
        catch
        {   // nobody else would remove what was written
            await stage.DisposeAsync();
            throw;
        }
    }

    public async Task ServeAsync(CancellationToken cancel)
    {
        Console.WriteLine($"  Serving until Ctrl-C.  Metrics: http://127.0.0.1:{Ports.Metrics}/metrics");
        await Proxy.WaitForShutdownAsync(cancel);
        Console.WriteLine("  Stopped.");
    }

    /// <summary>The lines of /metrics that begin with one of <paramref name="names"/> and are not zero; a session is counted a moment after its client has gone.</summary>
    public async Task<IReadOnlyList<string>> MovedAsync(CancellationToken cancel, params string[] names)
    {
        for (int look = 0; look < 100; look++)
        {
            string[] moved = [.. (await LinesAsync()).Where(line => names.Any(name => line.StartsWith("smtp_tls_proxy_" + name, StringComparison.Ordinal)) && !line.EndsWith(" 0", StringComparison.Ordinal))];
            if (names.All(name => Array.Exists(moved, line => line.Contains(name, StringComparison.Ordinal))))
                return moved;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancel);
        }
        return [];
    }

    async Task<string[]> LinesAsync()
    {
        using MemoryStream text = new();
        await Proxy.Metrics.ExportAsync(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n');
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Wire.DisposeAsync();
        await Plain.DisposeAsync();
        await _legacy.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    static LoadResult Loaded(string yaml)
    {
        LoadResult loaded = DemoConfiguration.Load(yaml);
        return loaded.Configuration is not null ? loaded : throw new InvalidOperationException(string.Join('\n', loaded.Mistakes));
    }

    static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => $"    | {line}\n"));
}
