using System.CommandLine;
using System.Text.Json;
using SmtpTlsProxy.Admin;

namespace SmtpTlsProxy.Cli;

/// <summary><c>drain</c>: the running proxy takes no more clients and lets those it has come to an end.</summary>
static class DrainCommand
{
    public static Command Build()
    {
        Option<string> address = StatusAddress.Option();
        Option<bool> wait = new("--wait") { Description = "Return only when no session is left, or drain.timeout has passed" };
        Option<bool> json = new("--json") { Description = "Print the answer as JSON" };
        Command command = new("drain", "Let the running proxy finish its sessions and take no more.\nExample: smtp-tls-proxy drain --wait") { address, wait, json };
        command.SetAction((parsed, cancellation) =>
        {
            bool waits = parsed.GetValue(wait);
            TextWriter output = parsed.InvocationConfiguration.Output;
            TextWriter error = parsed.InvocationConfiguration.Error;
            return RunningProxy.AskAsync(parsed.GetValue(address)!, HttpMethod.Post, waits ? "/drain?wait=1" : "/drain", isPatient: waits,
                (ok, text) => Print(ok, text, parsed.GetValue(json), output, error), error, cancellation);
        });
        return command;
    }

    static int Print(bool ok, string text, bool json, TextWriter output, TextWriter error)
    {
        if (!ok || Parse(text) is not { } report)
        {
            error.WriteLine("what answers there is not the status address of an SmtpTlsProxy");
            return 1;
        }
        output.WriteLine(json ? text : $"{report.State}: {report.Sessions} sessions left, {report.Aborted} aborted");
        return 0;
    }

    static DrainReport? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, StatusJson.Default.DrainReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
