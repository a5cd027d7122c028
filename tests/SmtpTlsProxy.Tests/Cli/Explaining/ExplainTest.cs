using System.CommandLine;
using System.Text.Json.Nodes;
using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary><c>explain</c>: policy, live attempt, decision, record, and the lines that would make it permanent. Each JSON report is valid by its schema.</summary>
public class ExplainTest
{
    static readonly string s_verified = $"verify: {{ name: {MailServerWays.Name}, caFile: {ProbeRunner.RootFile} }}";

    [Fact]
    public async Task AnUpstreamThatMeetsItsPolicyIsSafe()
    {
        await using ScriptedMailServer server = new();

        (int exit, JsonNode report) = await JsonAsync(server, "tls: required", s_verified);

        Assert.Equal((0, "verified"), (exit, Decision(report)));
        Assert.Equal(["resolve", "connect", "greeting", "EHLO", "STARTTLS", "handshake", "verify", "EHLO"], Steps(report));
        Assert.Empty(Permanent(report));
        Assert.Contains(report["policy"]!.AsArray(), value => (string)value!["path"]! == "upstreams.server.tls" && ((string)value!["origin"]!).Contains(".yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatWasSeenIsDemandedForEverByTheLinesThatArePrinted()
    {
        await using ScriptedMailServer server = new();

        (int exit, JsonNode report) = await JsonAsync(server, "tls: opportunistic", s_verified);
        string[] lines = Permanent(report);
        (int again, JsonNode demanded) = await JsonAsync(server, lines);

        Assert.Equal((0, 0), (exit, again));
        Assert.Equal(["tls: required", $"verify: {{ mode: pkix, name: {MailServerWays.Name}, caFile: {ProbeRunner.RootFile} }}"], lines);
        Assert.Equal("verified", Decision(demanded));
    }

    [Fact]
    public async Task ACertificateOfNobodysIsDemandedByItsPin()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Certificate = BadCertificate.Called("self-signed") });

        (int exit, JsonNode report) = await JsonAsync(server, "tls: opportunistic");
        string[] lines = Permanent(report);
        (int again, JsonNode demanded) = await JsonAsync(server, lines);

        Assert.Equal((0, 0), (exit, again));
        Assert.Contains("not_verified", Faults(report));
        Assert.StartsWith("verify: { mode: pin, pins: [\"spki:sha256:", lines[1]);
        Assert.Equal("verified", Decision(demanded));
    }

    [Theory]
    [InlineData("expired", "421 4.7.5")]
    [InlineData("of another name", "421 4.7.5")]
    public async Task ARefusalIsExplainedAndInvitesNobody_4_6(string certificate, string reply)
    {
        await using ScriptedMailServer server = new(new MailServerWays { Certificate = BadCertificate.Called(certificate) });

        (int exit, JsonNode report) = await JsonAsync(server, "tls: required", s_verified);

        Assert.Equal((1, "refused", reply), (exit, Decision(report), (string)report["destinations"]![0]!["reply"]!));
        Assert.Empty(Permanent(report));
    }

    [Fact]
    public async Task AServerWithoutTlsIsRefusedUnderRequiredAndClearUnderOpportunistic_4_4()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Clear = ["PIPELINING"] });

        (int required, JsonNode refused) = await JsonAsync(server, "tls: required", s_verified);
        (int opportunistic, JsonNode clear) = await JsonAsync(server, "tls: opportunistic");

        Assert.Equal((1, "421 4.7.4"), (required, (string)refused["destinations"]![0]!["reply"]!));
        Assert.Equal((1, "clear"), (opportunistic, Decision(clear)));
        Assert.Contains("clear_text", Faults(clear));
    }

    [Fact]
    public async Task AServerThatWasSaferIsToldAndRefusedUnderAnEnforcedRatchet_4_5()
    {
        await using ScriptedMailServer server = new(new MailServerWays { Clear = ["PIPELINING"] });
        string state = Directory.CreateTempSubdirectory("explain-state").FullName;
        string file = Path.Combine(state, "security.json");
        string known = $$"""{"version":1,"servers":[{"upstream":"server","destination":"d1","address":"{{server.Address}}","best":"Verified","bestTls":"TLSv1.3","since":"2026-01-01T00:00:00Z","last":"Verified","lastTls":"TLSv1.3","lastSince":"2026-01-01T00:00:00Z"}]}""";
        await File.WriteAllTextAsync(file, known, TestContext.Current.CancellationToken);

        (int exit, JsonNode report) = await JsonAsync(server, $"stateDirectory: {state}\n", "tls: opportunistic", "ratchet: enforce");

        Assert.Equal((1, "refused"), (exit, Decision(report)));
        Assert.Equal("stripped", (string)report["destinations"]![0]!["record"]!["loss"]!);
        Assert.Contains("downgraded", Faults(report));
        Assert.Equal("tls: required", Permanent(report)[0]);
        Assert.Equal(known, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task NobodyThereIsUnreachable()
    {
        ScriptedMailServer gone = new();
        await gone.DisposeAsync();

        (int exit, JsonNode report) = await JsonAsync(gone, "tls: required", s_verified);

        Assert.Equal((2, "unreachable"), (exit, Decision(report)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("xforward")]
    public async Task AnUpstreamThatCannotTellStrangersApartIsWarnedOf_6_9(string identity)
    {
        await using ScriptedMailServer server = new();
        string file = Given.File($"explain-{identity}.yaml",
            $"listeners: {{ mx: {{ address: '0.0.0.0:2525', tls: opportunistic, upstream: server }} }}\nupstreams: {{ server: {{ destinations: '{server.Address}', tls: none, identity: {identity} }} }}\n{Given.Certificates}");

        (int exit, string output, string error) = await RunAsync("server", "--config", file);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("every client of listener mx is a neighbour", Unwrapped(output));
    }

    [Fact]
    public async Task TheReportForPeopleTellsStepsDecisionAndLines()
    {
        await using ScriptedMailServer server = new();
        string file = Given.File("explain-text.yaml", Given.Route(upstream: $"destinations: '{server.Address}', tls: opportunistic, {s_verified}"));

        (int exit, string output, _) = await RunAsync("server", "--config", file);

        Assert.Equal(0, exit);
        Assert.All((string[])["upstreams.server.tls: opportunistic  # ", "handshake", " ms ", "decision", "verified", "tls: required", "mode: pkix"], word => Assert.Contains(word, output));
    }

    [Fact]
    public async Task AnUnknownUpstreamAndAWrongFileHaveTheirExitCodes()
    {
        string file = Given.File("explain-sound.yaml", Given.Minimal), wrong = Given.File("explain-wrong.yaml", Given.Minimal + "hostnme: a");

        Assert.Equal(64, (await RunAsync("nowhere", "--config", file)).Exit);
        Assert.Equal(64, (await RunAsync("--config", file)).Exit);
        Assert.Equal(78, (await RunAsync("server", "--config", wrong)).Exit);
        Assert.Equal((0, ReportSchema.Explain), ((await RunAsync("--schema")).Exit, (await RunAsync("--schema")).Output));
    }

    static string Decision(JsonNode report) => (string)report["destinations"]![0]!["decision"]!;

    static string[] Steps(JsonNode report) => [.. report["destinations"]![0]!["steps"]!.AsArray().Select(step => (string)step!["name"]!)];

    static string[] Permanent(JsonNode report) => [.. report["destinations"]![0]!["permanent"]!.AsArray().Select(line => (string)line!)];

    static string[] Faults(JsonNode report) => [.. report["faults"]!.AsArray().Select(fault => (string)fault!["code"]!)];

    static string Unwrapped(string output) => string.Join(' ', output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    // Lines of the upstream; one that ends in a line break stands before everything.
    static async Task<(int Exit, JsonNode Report)> JsonAsync(ScriptedMailServer server, params string[] lines)
    {
        string upstream = string.Join(", ", lines.Where(line => !line.EndsWith('\n')).Prepend($"destinations: '{server.Address}'"));
        string file = Given.File($"explain-{Guid.NewGuid():n}.yaml", string.Concat(lines.Where(line => line.EndsWith('\n'))) + Given.Route(upstream: upstream));
        (int exit, string output, string error) = await RunAsync("server", "--config", file, "--json");
        Assert.Equal("", error);
        await ProbeRunner.AssertValidAsync(output, ReportSchema.Explain);
        return (exit, JsonNode.Parse(output)!);
    }

    static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        RootCommand root = new() { ExplainCommand.Build() };
        InvocationConfiguration to = new() { Output = new StringWriter(), Error = new StringWriter(), EnableDefaultExceptionHandler = false };
        int exit = await root.Parse(["explain", .. arguments]).InvokeAsync(to, TestContext.Current.CancellationToken);
        return (exit, to.Output.ToString()!, to.Error.ToString()!);
    }
}
