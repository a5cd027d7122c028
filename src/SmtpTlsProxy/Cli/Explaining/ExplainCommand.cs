using System.CommandLine;
using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary><c>explain</c>: the policy of a configured upstream, each step of a live attempt, and what is decided and why.</summary>
static class ExplainCommand
{
    const string Description = """
        Tells which policy applies to an upstream and where it was written, tries each of its destinations as a session would, step by step, says what is
        decided and why, what is remembered of the server, and the lines that would demand for ever what was seen. Sends no mail and changes nothing.
        Exits 0 if mail goes as the policy asks, 1 if it is refused or goes in the clear, 2 if a destination cannot be reached, 64 for a mistake in the
        command line, 78 for one in the configuration.

        Example:
          smtp-tls-proxy explain smarthost --config /etc/smtp-tls-proxy/config.yaml
        """;

    static readonly Argument<string?> Name = new("UPSTREAM") { Description = "Its name in the configuration", Arity = ArgumentArity.ZeroOrOne };

    static readonly Option<string?> Config = new("--config")
    {
        Description = $"The configuration file (default: {ConfigurationSources.DefaultFile} if it exists)",
        HelpName = "FILE",
    };

    static readonly Option<bool> Json = new("--json") { Description = "Print the report as JSON; --schema prints its JSON Schema" };
    static readonly Option<bool> Schema = new("--schema") { Description = "Print the JSON Schema of --json" };

    public static Command Build()
    {
        Command command = new("explain", Description) { Name, Config, Json, Schema };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    static Task<int> RunAsync(ParseResult parsed)
    {
        if (!parsed.GetValue(Schema))
            return LoadAsync(parsed, parsed.InvocationConfiguration.Error);
        parsed.InvocationConfiguration.Output.Write(ReportSchema.Explain);
        return Task.FromResult(ExitCodes.Ok);
    }

    static async Task<int> LoadAsync(ParseResult parsed, TextWriter error)
    {
        LoadResult loaded = ConfigurationLoader.Load(ConfigurationSources.Read(parsed.GetValue(Config)), Machine.Current(TimeProvider.System), checkCertificateFiles: false);
        if (loaded.Configuration is not { } configuration)
        {
            foreach (Mistake mistake in loaded.Mistakes)
                error.WriteLine($"error: {mistake}");
            return ExitCodes.Configuration;
        }
        string? name = parsed.GetValue(Name);
        if (configuration.Upstreams.FirstOrDefault(one => one.Name == name) is not { } upstream)
        {
            error.WriteLine($"error: {(name is null ? "the name of an upstream is missing" : $"no upstream is named {name}")}. There are: {string.Join(", ", configuration.Upstreams.Select(one => one.Name))}.");
            return ExitCodes.Usage;
        }
        int exit = ExitCodes.Ok;
        int failed = await StartFailures.ToldAsync(async () => exit = await ExplainAsync(loaded, upstream, parsed));
        return failed == ExitCodes.Ok ? exit : failed;
    }

    static async Task<int> ExplainAsync(LoadResult loaded, UpstreamConfiguration upstream, ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        ExplainReport report = await new ExplainRun(loaded, upstream, TimeProvider.System, parsed.InvocationConfiguration.Error.WriteLine).RunAsync();
        if (parsed.GetValue(Json))
            JsonText.Write(output, ExplainJson.Of(report));
        else
            ExplainText.Write(new ReportWriter(output, Palette.For(output)), report);
        return report.ExitCode;
    }
}
