using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary><c>demo</c>: the proxy on an embedded default, tried out on itself.</summary>
static class DemoCommand
{
    static readonly string[] Attacks = ["strip", "inject", "smuggle", "relay"];

    public static Command Build()
    {
        Option<string?> attack = new("--attack") { Description = "Show a refusal instead: strip (STARTTLS is taken out on the wire), inject (plaintext behind STARTTLS), smuggle (a second message inside the first) or relay (an open relay).", HelpName = "strip|inject|smuggle|relay" };
        attack.AcceptOnlyFromAmong(Attacks);
        Option<bool> once = new("--once") { Description = "End after the show instead of serving until Ctrl-C." };
        Command command = new("demo", """
            Run the proxy with its own certificate before a built-in plaintext server, send a message through it, show both legs side by side, then serve until Ctrl-C.

            Example: smtp-tls-proxy demo
                     smtp-tls-proxy demo --attack strip
            """) { attack, once };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(attack), parsed.GetValue(once), cancel));
        return command;
    }

    static async Task<int> RunAsync(string? attack, bool once, CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using PosixSignalRegistration interrupt = Stops(PosixSignal.SIGINT, stop), terminate = Stops(PosixSignal.SIGTERM, stop);
        return await StartFailures.ToldAsync(() => PlayAsync(attack, once, stop.Token));
    }

    static async Task PlayAsync(string? attack, bool once, CancellationToken stop)
    {
        try
        {
            await using DemoStage stage = await DemoStage.OpenAsync(stop);
            await (attack switch
            {
                "strip" => DemoScenes.StripAsync(stage, stop),
                "inject" => DemoScenes.InjectAsync(stage, stop),
                "smuggle" => DemoScenes.SmuggleAsync(stage, stop),
                "relay" => DemoScenes.RelayAsync(stage, stop),
                _ => DemoScenes.DeliverAsync(stage, stop),
            });
            if (!once)
                await stage.ServeAsync(stop);
        }
        catch (Exception e) when (stop.IsCancellationRequested && (e is OperationCanceledException or IOException or SocketException))
        {   // Ctrl-C in the middle of the show: the proxy may have left before the demo's own client did
        }
    }

    // From the first moment on: what the demo wrote is removed also when it is interrupted before the proxy listens to signals.
    static PosixSignalRegistration Stops(PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        stop.Cancel();
    });
}
