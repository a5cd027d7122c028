using System.CommandLine;

namespace SmtpTlsProxy.Cli;

/// <summary><c>healthcheck</c>: for container engines; the image has no shell and no curl.</summary>
static class HealthcheckCommand
{
    public static Command Build()
    {
        Option<string> address = StatusAddress.Option();
        Command command = new("healthcheck", "Exit 0 if the running proxy is well, also while it drains.\nExample: HEALTHCHECK CMD [\"/smtp-tls-proxy\", \"healthcheck\"]") { address };
        command.SetAction((parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            TextWriter error = parsed.InvocationConfiguration.Error;
            return RunningProxy.AskAsync(parsed.GetValue(address)!, HttpMethod.Get, "/healthcheck", isPatient: false,
                (ok, text) => Print(ok, text, output, error), error, cancellation);
        });
        return command;
    }

    static int Print(bool ok, string text, TextWriter output, TextWriter error)
    {
        (ok ? output : error).Write(text);
        return ok ? 0 : 1;
    }
}
