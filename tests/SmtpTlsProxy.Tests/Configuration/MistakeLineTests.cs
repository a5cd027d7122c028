using System.CommandLine;
using SmtpTlsProxy.Cli;

namespace SmtpTlsProxy.Configuration;

/// <summary>
/// What an operator reads for what operators do: files as they are written, with the one thing wrong that goes wrong. One line says where, what, and what to
/// do about it.
/// </summary>
public class MistakeLineTests
{
    const string Sound = """
        hostname: mail.example.com
        listeners:
          mx:
            address: "127.0.0.1:2525"
            tls: opportunistic
            upstream: legacy
            timeouts: { command: 5m }
            limits: { connections: 100 }
        upstreams:
          legacy:
            destinations: { a: "127.0.0.1:10025" }
            tls: required
            verify: { mode: pkix, name: mail.example.net, caFile: CERT }
        certificates:
          public: { certFile: CERT, keyFile: KEY }
        drain: { timeout: 25s }
        metrics: { address: "127.0.0.1:9525" }

        """;

    static readonly string s_encrypted = Given.Certificate("locked", 300, password: "sesame").Key;
    static readonly string s_empty = Given.File("empty.pem", "");
    static readonly string s_foreignKey = Given.Certificate("foreign", 300).Key;

    /// <summary>What stands there; what somebody wrote in its place; where he is sent (key, then line); what the line says; what it advises.</summary>
    public static TheoryData<string, string, string, string, string> Table => new()
    {
        // misspelt, misplaced, forgotten
        { "hostname:", "hostnmae:", "hostnmae (config.yaml:1:", "no such key", "Did you mean hostname?" },
        { "listeners:", "listener:", "listener (config.yaml:2:", "no such key", "Did you mean listeners?" },
        { "    address:", "    adress:", "listeners.mx.adress (config.yaml:4:", "no such key", "Did you mean address?" },
        { "    tls: opportunistic", "    TLS_mode: opportunistic", "listeners.mx.TLS_mode (config.yaml:5:", "no such key", "" },
        { "    upstream: legacy", "    upstreams: legacy", "listeners.mx.upstreams (config.yaml:6:", "no such key", "Did you mean upstream?" },
        { "command: 5m", "comand: 5m", "listeners.mx.timeouts.comand (config.yaml:7:", "no such key", "Did you mean command?" },
        { "connections: 100", "connection: 100", "listeners.mx.limits.connection (config.yaml:8:", "no such key", "Did you mean connections?" },
        { "    destinations:", "    destination:", "upstreams.legacy.destination (config.yaml:11:", "no such key", "Did you mean destinations?" },
        { "caFile:", "cafille:", "upstreams.legacy.verify.cafille (config.yaml:13:", "no such key", "Did you mean caFile?" },
        { "keyFile:", "key:", "certificates.public.key (config.yaml:15:", "no such key", "" },
        { "drain:", "drian:", "drian (config.yaml:16:", "no such key", "Did you mean drain?" },
        { "    upstream: legacy\n", "", "listeners.mx.upstream (config.yaml:3:", "missing", "" },
        { "    tls: required\n", "", "upstreams.legacy.tls (config.yaml:10:", "missing", "none, opportunistic, required, implicit" },
        // wrong units, wrong words, wrong kinds
        { "command: 5m", "command: 5", "listeners.mx.timeouts.command (config.yaml:7:", "\"5\" is no duration", "5m" },
        { "command: 5m", "command: 5 minutes", "listeners.mx.timeouts.command (config.yaml:7:", "\"5 minutes\" is no duration", "5m" },
        { "command: 5m", "command: 5M", "listeners.mx.timeouts.command (config.yaml:7:", "\"5M\" is no duration", "5m" },
        { "command: 5m", "command: -5m", "listeners.mx.timeouts.command (config.yaml:7:", "\"-5m\" is no duration", "5m" },
        { "command: 5m", "command: 9999h", "listeners.mx.timeouts.command (config.yaml:7:", "longer than 30 days", "" },
        { "timeout: 25s", "timeout: 0s", "drain.timeout (config.yaml:16:", "shorter than 100ms", "100ms or more" },
        { "connections: 100", "connections: 1e3", "listeners.mx.limits.connections (config.yaml:8:", "\"1e3\" is no number", "" },
        { "connections: 100", "connections: 100 }\n    maxMessageSize: 50MB # {", "listeners.mx.maxMessageSize (config.yaml:9:", "\"50MB\" is no size", "MiB" },
        { "tls: opportunistic", "tls: yes", "listeners.mx.tls (config.yaml:5:", "\"yes\" is no word", "none, opportunistic, required, implicit" },
        { "tls: opportunistic", "tls: starttls", "listeners.mx.tls (config.yaml:5:", "\"starttls\" is no word", "none, opportunistic, required, implicit" },
        { "tls: opportunistic", "tls: [opportunistic]", "listeners.mx.tls (config.yaml:5:", "not a list", "" },
        { "tls: opportunistic", "tls: { mode: opportunistic }", "listeners.mx.tls (config.yaml:5:", "not a map", "" },
        { "mode: pkix", "mode: strict", "upstreams.legacy.verify.mode (config.yaml:13:", "\"strict\" is no word", "none, pkix" },
        { "timeouts: { command: 5m }", "timeouts: 5m", "listeners.mx.timeouts (config.yaml:7:", "keys are expected beneath it", "" },
        { "hostname: mail.example.com", "hostname: 192.0.2.1", "hostname (config.yaml:1:", "no valid domain name", "" },
        { "hostname: mail.example.com", "hostname: https://mail.example.com/", "hostname (config.yaml:1:", "no valid domain name", "" },
        // addresses
        { "\"127.0.0.1:2525\"", "2525", "listeners.mx.address (config.yaml:4:", "no address with a port", "host:port" },
        { "\"127.0.0.1:2525\"", "\"127.0.0.1:99999\"", "listeners.mx.address (config.yaml:4:", "", "host:port" },
        { "\"127.0.0.1:2525\"", "\"::1:2525\"", "listeners.mx.address (config.yaml:4:", "", "[v6]:port" },
        { "\"127.0.0.1:10025\"", "\"127.0.0.1\"", "upstreams.legacy.destinations.a (config.yaml:11:", "no host with a port", "host:port" },
        { "\"127.0.0.1:10025\"", "\"smtp://127.0.0.1:25\"", "upstreams.legacy.destinations.a (config.yaml:11:", "", "host:port" },
        { "\"127.0.0.1:9525\"", "\"127.0.0.1:2525\"", "metrics.address (config.yaml:17:", "taken by listeners.mx.address", "its own" },
        { "upstream: legacy", "upstream: legcay", "listeners.mx.upstream (config.yaml:6:", "no upstream", "Did you mean legacy?" },
        { "    upstream: legacy\n", "    upstream: legacy\n  other: { address: \"127.0.0.1:2525\", tls: none, upstream: legacy }\n  third:\n    address: \"127.0.0.1:2526\"\n    tls: none\n    upstream: legacy\n", "listeners.other.address (config.yaml:7:", "taken by listeners.mx.address", "its own" },
        // files
        { "certFile: CERT", "certFile: /no/such/cert.pem", "certificates.public.certFile (config.yaml:15:", "/no/such/cert.pem cannot be read", "exists" },
        { "keyFile: KEY", "keyFile: /no/such/key.pem", "certificates.public.keyFile (config.yaml:15:", "/no/such/key.pem cannot be read", "exists" },
        { "certFile: CERT", "certFile: /tmp", "certificates.public.certFile (config.yaml:15:", "cannot be read", "" },
        { "keyFile: KEY", "keyFile: /tmp", "certificates.public.keyFile (config.yaml:15:", "cannot be read", "" },
        { "certFile: CERT, keyFile: KEY", "certFile: KEY, keyFile: CERT", "certificates.public.certFile (config.yaml:15:", "holds no certificate", "PEM" },
        { "certFile: CERT", "certFile: EMPTY", "certificates.public.certFile (config.yaml:15:", "holds no certificate", "PEM" },
        { "keyFile: KEY", "keyFile: CERT", "certificates.public.keyFile (config.yaml:15:", "is not the key of", "key" },
        { "keyFile: KEY", "keyFile: FOREIGN", "certificates.public.keyFile (config.yaml:15:", "is not the key of", "belongs to" },
        { "keyFile: KEY", "keyFile: LOCKED", "certificates.public.keyFile (config.yaml:15:", "is not the key of", "keyPasswordFile" },
        { "caFile: CERT", "caFile: /no/such/ca.pem", "upstreams.legacy.verify.caFile (config.yaml:13:", "cannot be read", "PEM" },
        { "caFile: CERT", "caFile: /tmp", "upstreams.legacy.verify.caFile (config.yaml:13:", "cannot be read", "PEM" },
        { "caFile: CERT", "caFile: EMPTY", "upstreams.legacy.verify.caFile (config.yaml:13:", "no certificate", "PEM" },
        { "caFile: CERT", "caFile: KEY", "upstreams.legacy.verify.caFile (config.yaml:13:", "no certificate", "PEM" },
        // the language itself
        { "    tls: opportunistic", "\ttls: opportunistic", "config.yaml:5:", "no valid YAML", "indent with spaces" },
        { "    tls: opportunistic", "   tls: opportunistic", "config.yaml:", "no valid YAML", "indent" },
        { "\"127.0.0.1:2525\"", "\"127.0.0.1:2525", "config.yaml:", "no valid YAML", "Correct the line" },
        { "timeouts: { command: 5m }", "timeouts: { command: 5m", "config.yaml:", "no valid YAML", "Correct the line" },
        { "drain: { timeout: 25s }", "drain: { timeout: 25s }\nhostname: other.example.com", "hostname (config.yaml:", "written twice", "Keep one" },
        { "    tls: opportunistic", "    tls: opportunistic\n    Tls: none", "listeners.mx.tls (config.yaml:6:", "differ only in case", "Keep one" },
        { "drain: { timeout: 25s }", "listeners: {}", "listeners (config.yaml:16:", "written twice", "Keep one" },
        { "  mx:", "  Mx:", "listeners.Mx (config.yaml:3:", "no valid name", "small letter" },
    };

    [Theory, MemberData(nameof(Table))]
    public void OneLineSaysWhereWhatAndWhatToDo(string sound, string wrong, string where, string what, string remedy)
    {
        Assert.Contains(sound, Sound, StringComparison.Ordinal);
        LoadResult result = Given.Load(Files(Sound.Replace(sound, wrong, StringComparison.Ordinal)));
        Assert.Null(result.Configuration);
        // A key that is misspelt is also missing, and that is told besides.
        string[] lines = [.. result.Mistakes.Select(mistake => mistake.ToString()).Where(line => !Follows(line))];
        string line = Assert.Single(lines.Length > 0 ? lines : [.. result.Mistakes.Select(mistake => mistake.ToString())]);
        Assert.DoesNotContain('\n', line);
        Assert.StartsWith(where, line, StringComparison.Ordinal);
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.Contains(remedy, line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        Assert.All(result.Mistakes, mistake => Assert.NotEqual("", mistake.Remedy));
    }

    [Fact]
    public void WhatTheTableBeginsWithIsSound() => Given.Valid(Files(Sound));

    [Fact]
    public async Task SeveralAtOnceAreAllToldAndCheckEndsWith78()
    {
        string yaml = Files(Sound).Replace("hostname:", "hostnmae:", StringComparison.Ordinal).Replace("command: 5m", "command: soon", StringComparison.Ordinal)
            .Replace("upstream: legacy", "upstream: elsewhere", StringComparison.Ordinal).Replace("mode: pkix", "mode: strict", StringComparison.Ordinal)
            .Replace("timeout: 25s", "timeout: 1ms", StringComparison.Ordinal);
        string file = Given.File("several.yaml", yaml);
        InvocationConfiguration to = new() { Output = new StringWriter(), Error = new StringWriter() };
        int exit = await new RootCommand { CheckCommand.Build() }.Parse(["check", "--offline", "--config", file]).InvokeAsync(to, TestContext.Current.CancellationToken);
        string[] lines = [.. to.Error.ToString()!.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];
        Assert.Equal(78, exit);
        Assert.Equal(5, lines.Length);
        Assert.All((string[])["hostnmae", "timeouts.command", "mx.upstream", "verify.mode", "drain.timeout"], key => Assert.Single(lines, line => line.Contains(key, StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.Contains(file + ":", line, StringComparison.Ordinal));
    }

    static bool Follows(string line) => line.Contains("is missing", StringComparison.Ordinal) || line.Contains("there is no listener", StringComparison.Ordinal) || line.Contains("no destination", StringComparison.Ordinal);

    static string Files(string yaml) => yaml.Replace("CERT", Given.Pair.Cert, StringComparison.Ordinal).Replace("KEY", Given.Pair.Key, StringComparison.Ordinal)
        .Replace("EMPTY", s_empty, StringComparison.Ordinal).Replace("FOREIGN", s_foreignKey, StringComparison.Ordinal).Replace("LOCKED", s_encrypted, StringComparison.Ordinal);
}
