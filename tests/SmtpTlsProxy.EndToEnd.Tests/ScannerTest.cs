using System.Text.Json;
using System.Text.RegularExpressions;

namespace SmtpTlsProxy.EndToEnd;

/// <summary>What the scanners of Debian find on a listener with nothing set: only what stands here, with its reason.</summary>
public sealed partial class ScannerTest : IDisposable
{
    /// <summary>testssl's identifiers that may be other than OK or INFO.</summary>
    static readonly Dictionary<string, string> s_accepted = new()
    {
        ["cipherlist_AVERAGE"] = "CBC suites of TLS 1.2 close our list: a server of that age would otherwise send in the clear (RFC 7435)",
        ["LUCKY13"] = "the same suites; OpenSSL's CBC takes the same time whatever the padding",
        ["BREACH"] = "not HTTP",
    };

    readonly Scratch _scratch = new();
    readonly TestCa _ca;
    readonly int _port = Ports.Free();

    public ScannerTest() => _ca = new TestCa(_scratch);

    [Fact]
    public async Task TestSslFindsNothingUnexpected()
    {
        string testssl = Needs.Tool("testssl");
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(sink);
        string file = _scratch.PathTo("findings.json");
        await Shell.RunAsync(testssl, ["--quiet", "--warnings", "batch", "--color", "0", "--ip", "one", "-t", "smtp", "-p", "-s", "-U", "--jsonfile", file, $"127.0.0.1:{_port}"], limit: TimeSpan.FromSeconds(85));

        using JsonDocument findings = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        (string Id, string Severity, string Words)[] all = [.. findings.RootElement.EnumerateArray().Select(one => (Text(one, "id"), Text(one, "severity"), Text(one, "finding")))];
        Assert.Contains(all, one => one is { Id: "TLS1_3", Severity: "OK" });
        Assert.Contains(all, one => one is { Id: "TLS1_1", Severity: "OK" or "INFO" });
        Assert.DoesNotContain(all, one => one.Severity is not ("OK" or "INFO") && !s_accepted.ContainsKey(one.Id));
        await proxy.StopAsync();
    }

    [Fact]
    public async Task SslScanFindsNothingUnexpected()
    {
        string sslscan = Needs.Tool("sslscan");
        await using var sink = new SmtpSink();
        await using ProxyProcess proxy = await StartAsync(sink);
        string said = (await Shell.RunAsync(sslscan, ["--no-colour", "--starttls-smtp", $"127.0.0.1:{_port}"])).MustSucceed("sslscan").Output;

        foreach (string old in (string[])["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"])
            Assert.Matches($@"{Regex.Escape(old)}\s+disabled", said);
        foreach (string current in (string[])["TLSv1.2", "TLSv1.3"])
            Assert.Matches($@"{Regex.Escape(current)}\s+enabled", said);
        Assert.DoesNotContain("vulnerable to heartbleed", said.Replace("not vulnerable to heartbleed", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Session renegotiation not supported", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Compression enabled", said, StringComparison.OrdinalIgnoreCase);
        string[] suites = [.. Suite().Matches(said).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(suites);
        Assert.All(suites, suite => Assert.True(suite.StartsWith("TLS_", StringComparison.Ordinal) || suite.StartsWith("ECDHE-", StringComparison.Ordinal), suite));
        await proxy.StopAsync();
    }

    public void Dispose()
    {
        _ca.Dispose();
        _scratch.Dispose();
    }

    // A scanner opens a connection for each thing that it tries.
    Task<ProxyProcess> StartAsync(SmtpSink sink) => ProxyProcess.StartAsync(
        Yaml.Whole(Yaml.Listener("mx", _port, "opportunistic", "legacy", "limits: { connectionsPerMinutePerAddress: 100000 }"), Yaml.Upstream("legacy", sink.Port, "none"), _ca.Issue(Names.Proxy)));

    static string Text(JsonElement finding, string key) => finding.GetProperty(key).GetString()!;

    [GeneratedRegex(@"^(?:Preferred|Accepted)\s+TLSv1\.[23]\s+\d+ bits\s+(\S+)", RegexOptions.Multiline)]
    private static partial Regex Suite();
}
