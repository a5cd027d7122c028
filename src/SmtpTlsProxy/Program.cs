using System.CommandLine;
using SmtpTlsProxy.Cli;

if (!Platform.IsSupported(out string why))
{
    Console.Error.WriteLine(why);
    return ExitCodes.Unavailable;
}

RootCommand root = new("""
    SmtpTlsProxy: TLS for mail servers and applications that speak only plain SMTP, in either direction.

    Try it:        smtp-tls-proxy demo
    Run it:        smtp-tls-proxy run --config /etc/smtp-tls-proxy/config.yaml
    Check a file:  smtp-tls-proxy check --config config.yaml
    Look at a server:  smtp-tls-proxy probe mail.example.net
    """)
{
    RunCommand.Build(), SmtpTlsProxy.Cli.Demo.DemoCommand.Build(), CheckCommand.Build(), SmtpTlsProxy.Cli.Probing.ProbeCommand.Build(), SmtpTlsProxy.Cli.Explaining.ExplainCommand.Build(), ConfigCommand.Build(), StatusCommand.Build(), DrainCommand.Build(), HealthcheckCommand.Build(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
        Console.Error.WriteLine($"error: {error.Message}");
    Console.Error.WriteLine("smtp-tls-proxy --help and COMMAND --help tell what there is.");
    return ExitCodes.Usage;
}

// Signals are ours: the first one drains (System.CommandLine would cancel and end the process after two seconds).
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (Exception e)
{   // every expected mistake has its own line and exit code: what comes here is ours, and its trace is wanted
    Console.Error.WriteLine($"error: a fault of the program's own: {e}");
    return ExitCodes.Software;
}
