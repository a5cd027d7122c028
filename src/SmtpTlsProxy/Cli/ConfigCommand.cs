using System.CommandLine;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli;

/// <summary><c>config example</c>, <c>config schema</c> and <c>config reference</c>: what an editor, a beginner and the README need.</summary>
static class ConfigCommand
{
    public static Command Build() =>
        new("config", "Prints an example configuration the JSON Schema, or the table of all keys.\n\nExample:\n  smtp-tls-proxy config example ingress > config.yaml")
        {
            Example(), Schema(), ReferenceTable(),
        };

    static Command Example()
    {
        Argument<string> kind = new("KIND") { Description = "ingress (TLS before a server that has none) or egress (TLS for applications that have none)" };
        kind.AcceptOnlyFromAmong([.. Examples.All.Keys]);
        Command command = new("example", "Prints a configuration to begin with.\n\nExample:\n  smtp-tls-proxy config example egress > config.yaml") { kind };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(Examples.All[parsed.GetRequiredValue(kind)]));
        return command;
    }

    static Command ReferenceTable()
    {
        Command command = new("reference", "Prints the table of all keys as Markdown.\n\nExample:\n  smtp-tls-proxy config reference");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Reference.Markdown().Trim()));
        return command;
    }

    static Command Schema()
    {
        Command command = new("schema", "Prints the configuration's JSON Schema.\n\nExample:\n  smtp-tls-proxy config schema > smtp-tls-proxy.schema.json");
        command.SetAction(parsed => JsonText.Write(parsed.InvocationConfiguration.Output, JsonSchema.Create()));
        return command;
    }
}
