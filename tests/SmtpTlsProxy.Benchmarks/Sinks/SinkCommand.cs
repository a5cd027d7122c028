using System.CommandLine;
using System.Text.Json;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>The sink as a process of its own: says its ports, answers every line with its counts, and ends with its input.</summary>
static class SinkCommand
{
    public static Command Build()
    {
        Argument<string> certificate = new("certificate"), key = new("key");
        Command command = new("sink", "What stands behind the proxies; compare starts it.") { certificate, key };
        command.Hidden = true;
        command.SetAction((parsed, _) => ServeAsync(parsed.GetValue(certificate)!, parsed.GetValue(key)!));
        return command;
    }

    static async Task<int> ServeAsync(string certificate, string key)
    {
        using SinkServer server = SinkServer.Start(TlsCertificate.FromPem("sink", await File.ReadAllTextAsync(certificate), await File.ReadAllTextAsync(key)));
        Console.WriteLine(JsonSerializer.Serialize(server.Ports));
        while (await Console.In.ReadLineAsync() is not null)
            Console.WriteLine(await server.ReportAsync());
        return 0;
    }
}
