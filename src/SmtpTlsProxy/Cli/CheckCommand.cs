using System.CommandLine;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli;

/// <summary><c>check</c>: every mistake with path and remedy, and what is weak, before anybody depends on it.</summary>
static class CheckCommand
{
    const int Ok = 0;
    const int WrongConfiguration = 78;

    const string Description = """
        Reads the configuration as run would and reports every mistake with its path and remedy, and weak choices as warnings.
        Exits 0, or 78 if there is a mistake. What resolving and dialling finds is a warning.

        Example:
          smtp-tls-proxy check --config /etc/smtp-tls-proxy/config.yaml --print
        """;

    static readonly Option<string?> Config = new("--config")
    {
        Description = $"The configuration file (default: {ConfigurationSources.DefaultFile} if it exists)",
        HelpName = "FILE",
    };

    static readonly Option<bool> Print = new("--print") { Description = "Print the effective values and where each came from" };
    static readonly Option<bool> Offline = new("--offline") { Description = "Do not resolve and dial the destinations" };
    static readonly Option<bool> Json = new("--json") { Description = "Print the findings as JSON" };

    public static Command Build()
    {
        Command command = new("check", Description) { Config, Print, Offline, Json };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        TimeProvider time = TimeProvider.System;
        LoadResult result = ConfigurationLoader.Load(ConfigurationSources.Read(parsed.GetValue(Config)), Machine.Current(time));
        IReadOnlyList<Mistake> dialled = result.Configuration is { } configuration && !parsed.GetValue(Offline)
            ? await new DestinationCheck(time).FindAsync(configuration, cancellation)
            : [];
        CheckReport report = new(result, [.. result.Warnings, .. dialled]);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json)) report.WriteJson(output, parsed.GetValue(Print));
        else report.WriteText(output, parsed.InvocationConfiguration.Error, parsed.GetValue(Print));
        return result.Mistakes.Count == 0 ? Ok : WrongConfiguration;
    }
}
