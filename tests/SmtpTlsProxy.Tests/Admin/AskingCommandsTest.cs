using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using SmtpTlsProxy.Cli;

namespace SmtpTlsProxy.Admin;

public class AskingCommandsTest
{
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task StatusTellsWhatTheProxyDoes()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(0, await RunAsync(StatusCommand.Build(), "--status", host.StatusAddress));
        Assert.StartsWith("ready, version ", _output.ToString());
        Assert.Contains("listener mx (0.0.0.0:2525, tls opportunistic)", _output.ToString());
    }

    [Fact]
    public async Task StatusIsDataOnRequest()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(0, await RunAsync(StatusCommand.Build(), "--json", "--status", host.StatusAddress));
        Assert.StartsWith("{", _output.ToString());
    }

    [Fact]
    public async Task DrainWaitsIfAsked()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(0, await RunAsync(DrainCommand.Build(), "--wait", "--status", host.StatusAddress));
        Assert.Equal("drained: 0 sessions left, 0 aborted", _output.ToString().Trim());
    }

    [Fact]
    public async Task HealthcheckFailsWhereALoopIsStuck()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(0, await RunAsync(HealthcheckCommand.Build(), "--status", host.StatusAddress));
        host.OldestTurn = TimeSpan.FromMinutes(1);
        Assert.Equal(1, await RunAsync(HealthcheckCommand.Build(), "--status", host.StatusAddress));
        Assert.Contains("[-] alive: a loop has not turned for 60 s", _error.ToString());
    }

    [Fact]
    public async Task WhereNobodyAnswersTheErrorNamesTheRemedy()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        string address = closed.LocalEndpoint.ToString()!;
        closed.Stop();
        Assert.Equal(1, await RunAsync(StatusCommand.Build(), "--status", address));
        Assert.Contains("--status", _error.ToString());
        Assert.DoesNotContain("   at ", _error.ToString());
    }

    [Fact]
    public async Task AnotherServerIsNotMistakenForTheProxy()
    {
        await using AdminHost host = await AdminHost.StartAsync();
        Assert.Equal(1, await RunAsync(StatusCommand.Build(), "--status", host.MetricsPort.BaseAddress!.Authority));
        Assert.Contains("not the status address", _error.ToString());
    }

    Task<int> RunAsync(Command command, params string[] arguments) =>
        command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = _output, Error = _error }, TestContext.Current.CancellationToken);
}
