using System.CommandLine;

namespace SmtpTlsProxy.Cli.Demo;

/// <summary><c>demo</c>: the proxy on an embedded default, tried out on itself.</summary>
static class DemoCommand
{
    static readonly string[] Attacks = ["inject", "relay"];

    public static Command Build()
    {
        Option<string?> attack = new("--attack") { Description = "Show a refusal instead: inject (plaintext behind STARTTLS) or relay (an open relay).", HelpName = "inject|relay" };
        attack.AcceptOnlyFromAmong(Attacks);
        Option<bool> once = new("--once") { Description = "End after the show instead of serving until Ctrl-C." };
        Command command = new("demo", """
            Run the proxy with its own certificate before a built-in plaintext server, send a message through it, show both legs side by side, then serve until Ctrl-C.

            Example: smtp-tls-proxy demo
                     smtp-tls-proxy demo --attack inject
            """) { attack, once };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(attack), parsed.GetValue(once), cancel));
        return command;
    }

    static async Task<int> RunAsync(string? attack, bool once, CancellationToken cancel)
    {
        await using DemoStage stage = await DemoStage.OpenAsync(cancel);
        await (attack switch
        {
            "inject" => DemoScenes.InjectAsync(stage, cancel),
            "relay" => DemoScenes.RelayAsync(stage, cancel),
            _ => DemoScenes.DeliverAsync(stage, cancel),
        });
        if (!once)
            await stage.ServeAsync(cancel);
        return ExitCodes.Ok;
    }
}
