using System.CommandLine;
using System.Text.Json.Nodes;
using Newtonsoft.Json.Linq;
using SmtpTlsProxy.Tests.Shared;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What <c>probe</c> ended with and printed.</summary>
sealed record Probed(int Exit, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public string[] Faults => [.. Json["faults"]!.AsArray().Select(fault => (string)fault!["code"]!)];

    public string SeverityOf(string code) => (string)Json["faults"]!.AsArray().First(fault => (string)fault!["code"]! == code)!["severity"]!;

    public string? DecisionOf(string tls, string? verify) =>
        (string?)Json["policy"]!.AsArray().FirstOrDefault(one => (string)one!["tls"]! == tls && (string?)one!["verify"] == verify)?["decision"];
}

/// <summary>Runs the command in this process. Each JSON report is held to the schema.</summary>
static class ProbeRunner
{
    static readonly Lazy<string> s_root = new(() =>
    {
        string file = Path.Combine(Path.GetTempPath(), $"probe-root-{Environment.ProcessId}.pem");
        File.WriteAllText(file, TestCertificates.Shared.RootPem);
        return file;
    });

    /// <summary>The shared test authority's root.</summary>
    public static string RootFile => s_root.Value;

    public static async Task<Probed> RunAsync(params string[] arguments)
    {
        RootCommand root = new() { ProbeCommand.Build() };
        InvocationConfiguration to = new() { Output = new StringWriter(), Error = new StringWriter(), EnableDefaultExceptionHandler = false };
        int exit = await root.Parse(["probe", .. arguments]).InvokeAsync(to, TestContext.Current.CancellationToken);
        return new Probed(exit, to.Output.ToString()!, to.Error.ToString()!);
    }

    /// <summary>Verified by the shared authority as mail.test, as JSON.</summary>
    public static async Task<Probed> JsonAsync(ScriptedMailServer server, params string[] more)
    {
        Probed probed = await RunAsync([server.Address, "--name", MailServerWays.Name, "--ca-file", RootFile, "--json", .. more, .. more.Contains("--timeout") ? [] : (string[])["--timeout", "5s"]]);
        Assert.Equal("", probed.Error);
        await AssertValidAsync(probed.Output);
        return probed;
    }

    public static async Task AssertValidAsync(string json, string? by = null)
    {
        NJsonSchema.JsonSchema schema = await NJsonSchema.JsonSchema.FromJsonAsync(by ?? ReportSchema.Probe, TestContext.Current.CancellationToken);
        using Newtonsoft.Json.JsonTextReader reader = new(new StringReader(json)) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None };
        Assert.Empty(schema.Validate(await JToken.ReadFromAsync(reader, TestContext.Current.CancellationToken)));
    }
}
