using System.CommandLine;
using System.Text.Json;
using SmtpTlsProxy.Admin;

namespace SmtpTlsProxy.Cli;

/// <summary><c>status</c>: what the running proxy says of itself.</summary>
static class StatusCommand
{
    public static Command Build()
    {
        Option<string> address = StatusAddress.Option();
        Option<bool> json = new("--json") { Description = "Print the answer as JSON" };
        Command command = new("status", "Show what the running proxy does.\nExample: smtp-tls-proxy status --json") { address, json };
        command.SetAction((parsed, cancellation) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            TextWriter error = parsed.InvocationConfiguration.Error;
            return RunningProxy.AskAsync(parsed.GetValue(address)!, HttpMethod.Get, "/status", isPatient: false,
                (ok, text) => Print(ok, text, parsed.GetValue(json), output, error), error, cancellation);
        });
        return command;
    }

    static int Print(bool ok, string text, bool json, TextWriter output, TextWriter error)
    {
        if (!ok || Parse(text) is not { } status)
        {
            error.WriteLine("what answers there is not the status address of an SmtpTlsProxy");
            return 1;
        }
        if (json)
            output.WriteLine(text);
        else
            Print(status, output);
        return 0;
    }

    static StatusReport? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, StatusJson.Default.StatusReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static void Print(StatusReport status, TextWriter output)
    {
        output.WriteLine($"{status.State.Replace('_', ' ')}, version {status.Version}, up {TimeSpan.FromSeconds(status.UptimeSeconds)}, {status.Sessions} sessions");
        foreach (string why in status.WhyNotReady)
            output.WriteLine($"  {why}");
        foreach (ListenerStatus one in status.Listeners)
            output.WriteLine($"listener {one.Name} ({string.Join(", ", one.Addresses)}, tls {one.Tls}): {one.Sessions} of {one.SessionsLimit} sessions, {one.Messages} messages, encrypted in {one.EncryptedFromClient}, out {one.EncryptedToUpstream}");
        foreach (UpstreamStatus one in status.Upstreams)
            output.WriteLine($"upstream {one.Name} (tls {one.Tls}, verify {one.Verify}): {string.Join(", ", one.Destinations.Select(to => $"{to.Id} {to.Address} {to.Sessions} sessions"))}");
        foreach (CertificateStatus one in status.Certificates)
            output.WriteLine($"certificate {one.Name} ({string.Join(", ", one.DnsNames)}): {one.Problem ?? $"expires {one.NotAfter:yyyy-MM-dd}"}");
    }
}
