namespace SmtpTlsProxy.Configuration;

public class KeyTableTests
{
    static readonly string[] YamlBooleans = ["on", "off", "yes", "no", "true", "false", "y", "n"];

    [Fact]
    public void NoWordIsOneThatYamlReadsAsABoolean() => Assert.DoesNotContain(KeyTable.Keys.SelectMany(key => key.Words), word => YamlBooleans.Contains(word));

    [Fact]
    public void EveryKeyIsThereOnceAndDocumented()
    {
        Assert.Equal(KeyTable.Keys.Count, KeyTable.Keys.Select(key => key.Path).Distinct().Count());
        Assert.All(KeyTable.Keys, key => Assert.EndsWith(".", key.Doc, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryWordNotInForceIsAWord() => Assert.All(KeyTable.Keys, key => Assert.Empty(key.WordsNotInForce.Except(key.Words)));

    [Fact]
    public void EveryKeyIsReadAndHasAnEffectiveValueWhenWritten()
    {
        LoadResult result = Given.Load(Full);
        Assert.Empty(result.Mistakes.Select(mistake => mistake.ToString()));
        IEnumerable<string> missing = KeyTable.Keys.Where(key => key.Path is not ("metrics" or "status") && !result.Effective.Any(value => value.Key == key)).Select(key => key.Path);
        Assert.Empty(missing);
    }

    [Fact]
    public void OnlyWhatTheContractNamesNeedsARestart() =>
        Assert.Equal(["loops", "listeners.*.address", "metrics", "metrics.address", "status", "status.address", "stateDirectory"], KeyTable.Keys.Where(key => !key.Reloadable).Select(key => key.Path));

    [Theory]
    [InlineData("drain: { timeout: 9s }\n", null)]
    [InlineData("metrics: disabled\n", "metrics")]
    [InlineData("loops: 1\n", "loops")]
    [InlineData("status: { address: '127.0.0.1:7' }\n", "status.address")]
    public void AReloadThatNeedsARestartNamesTheKey(string change, string? path)
    {
        IReadOnlyList<Mistake> changes = RestartOnly.Changes(Given.Load(Given.Minimal), Given.Load(Given.Minimal + change));
        Assert.Equal(path is not null, changes.Any(found => found.Path == path && found.Remedy.StartsWith("Restart", StringComparison.Ordinal)));
        Assert.Equal(path is null, changes.Count == 0);
    }

    [Fact]
    public void AddedRemovedAndMovedListenersNeedARestart()
    {
        const string server = "upstreams: { server: { destinations: '127.0.0.1:1', tls: none } }\n";
        LoadResult one = Given.Load(server + "listeners: { a: { address: '127.0.0.1:2', tls: none, upstream: server } }");
        LoadResult other = Given.Load(server + "listeners: { a: { address: '127.0.0.1:3', tls: none, upstream: server }, b: { address: '127.0.0.1:4', tls: none, upstream: server } }");
        Assert.Equal(["listeners.a.address", "listeners.b.address"], RestartOnly.Changes(one, other).Select(change => change.Path));
        Assert.Equal(["listeners.a.address", "listeners.b.address"], RestartOnly.Changes(other, one).Select(change => change.Path));
    }

    static string Full => $$"""
        hostname: mail.example.com
        loops: 2
        stateDirectory: {{Given.Directory}}
        dns: { servers: [10.96.0.10, '[::1]:5353'] }
        listeners:
          mx:
            address: 127.0.0.1:2525
            tls: none
            upstream: server
            certificates: [public]
            clientCertificates: { caFile: {{Given.Pair.Cert}}, mode: none, subjects: a, pins: "{{Given.Pin}}" }
            tlsSettings: { cipherSuites: [TLS_AES_256_GCM_SHA384, ECDHE-ECDSA-AES256-GCM-SHA384], groups: P-256 }
            maxMessageSize: 1MiB
            proxyProtocol: { from: 10.0.0.0/8 }
            allow: 10.0.0.0/8
        upstreams:
          server:
            destinations: 127.0.0.1:10025
            tls: required
            verify: { name: a.example, mode: pinOrPkix, caFile: {{Given.Pair.Cert}}, pins: "{{Given.Pin}}" }
            clientCertificate: public
            tlsSettings: { cipherSuites: [TLS_AES_256_GCM_SHA384, ECDHE-ECDSA-AES256-GCM-SHA384], groups: P-256 }
            helo: a.example
            health: {}
        tickets: { keyFile: {{Given.TicketKeys("full.keys", 1)}} }
        certificates:
          public: { certFile: {{Encrypted.Cert}}, keyFile: {{Encrypted.Key}}, keyPasswordFile: {{Password}} }
          bundle: { pkcs12File: {{Given.Pkcs12("full", "x")}}, keyPasswordFile: {{Password}} }
          own: { selfSigned: a.example }
        """;

    static readonly (string Cert, string Key) Encrypted = Given.Certificate("full", 300, password: "x");
    static readonly string Password = Given.File("full.password", "x");
}
