using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SmtpTlsProxy.Cli;

namespace SmtpTlsProxy.Configuration;

public class CheckCommandTests
{
    [Fact]
    public async Task ASoundConfigurationExitsWith0()
    {
        (int exit, string output, string error) = await RunAsync("check", "--config", Given.File("sound.yaml", Given.Minimal), "--offline");
        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("0 mistakes", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MistakesGoToStandardErrorWithPathAndRemedyAndExitWith78()
    {
        (int exit, _, string error) = await RunAsync("check", "--config", Given.File("wrong.yaml", Given.Minimal + "drain: { timeout: never }\nhostnme: a"), "--offline");
        Assert.Equal(78, exit);
        Assert.Contains("error: drain.timeout (", error, StringComparison.Ordinal);
        Assert.Contains("Did you mean hostname?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingFileExitsWith78() => Assert.Equal(78, (await RunAsync("check", "--config", "/nonexistent.yaml", "--offline")).Exit);

    [Fact]
    public async Task PrintShowsEachValueWithItsOrigin()
    {
        string file = Given.File("print.yaml", Given.Minimal + "drain: { timeout: 9s }");
        (_, string output, _) = await RunAsync("check", "--config", file, "--offline", "--print");
        Assert.Contains($"drain.timeout: 9s  # {file}:3:19", output, StringComparison.Ordinal);
        Assert.Contains("listeners.mx.earlyTalkers: wait  # default", output, StringComparison.Ordinal);
        Assert.Contains("upstreams.server.destinations.d1: 127.0.0.1:10025  # ", output, StringComparison.Ordinal);
        Assert.Contains("upstreams.server.verify.mode: none  # default", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonCarriesTheFindingsAndTheValues()
    {
        string file = Given.File("json.yaml", Given.Minimal + "drain: { timeout: never }");
        (int exit, string output, _) = await RunAsync("check", "--config", file, "--offline", "--print", "--json");
        JsonNode report = JsonNode.Parse(output)!;
        Assert.Equal(78, exit);
        Assert.False((bool)report["ok"]!);
        Assert.Equal("drain.timeout", (string?)report["mistakes"]![0]!["path"]);
        Assert.Contains(report["effective"]!.AsArray(), value => (string?)value!["path"] == "listeners.mx.tls");
    }

    [Fact]
    public async Task ADestinationThatCannotBeReachedIsAWarningAndNever78()
    {
        using TcpListener reachable = new(IPAddress.Loopback, 0);
        reachable.Start();
        int open = ((IPEndPoint)reachable.LocalEndpoint).Port;
        string yaml = $"listeners: {{ mx: {{ address: '127.0.0.1:2525', tls: none, upstream: server }} }}\nupstreams: {{ server: {{ destinations: {{ a: '127.0.0.1:{open}', b: 'unix:/nonexistent' }}, tls: none }} }}";
        (int exit, _, string error) = await RunAsync("check", "--config", Given.File("dial.yaml", yaml));
        Assert.Equal(0, exit);
        Assert.Contains("warning: upstreams.server.destinations.b: unix:/nonexistent cannot be reached", error, StringComparison.Ordinal);
        Assert.DoesNotContain("destinations.a", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigPrintsExamplesAndTheSchema()
    {
        Assert.Equal(Examples.All["ingress"], (await RunAsync("config", "example", "ingress")).Output);
        Assert.Equal("object", (string?)JsonNode.Parse((await RunAsync("config", "schema")).Output)!["type"]);
        Assert.NotEqual(0, (await RunAsync("config", "example", "sideways")).Exit);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("config")]
    [InlineData("config example")]
    [InlineData("config schema")]
    public async Task HelpHasAnExample(string command) => Assert.Contains("Example:", (await RunAsync([.. command.Split(' '), "--help"])).Output, StringComparison.Ordinal);

    static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        RootCommand root = new() { CheckCommand.Build(), ConfigCommand.Build() };
        InvocationConfiguration to = new() { Output = new StringWriter(), Error = new StringWriter() };
        int exit = await root.Parse(arguments).InvokeAsync(to, TestContext.Current.CancellationToken);
        return (exit, to.Output.ToString()!, to.Error.ToString()!);
    }
}
