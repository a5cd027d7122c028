using System.CommandLine;

namespace SmtpTlsProxy.Cli;

/// <summary>Where the running proxy is asked: the flag, else the environment, else the default.</summary>
static class StatusAddress
{
    const string Variable = "SMTP_TLS_PROXY__STATUS__ADDRESS";
    const string Default = "127.0.0.1:9526";

    public static Option<string> Option() => new("--status")
    {
        Description = $"The running proxy's status address (environment: {Variable})",
        HelpName = "ADDR",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : Default,
    };
}
