using System.Text.Json.Nodes;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli;

/// <summary>What <c>check</c> found, for people or for programs.</summary>
sealed class CheckReport(LoadResult result, IReadOnlyList<Mistake> warnings)
{
    public void WriteText(TextWriter output, TextWriter error, bool print)
    {
        foreach (Mistake mistake in result.Mistakes) error.WriteLine($"error: {mistake}");
        foreach (Mistake warning in warnings) error.WriteLine($"warning: {warning}");
        if (print) foreach (EffectiveValue value in result.Effective) output.WriteLine(value);
        output.WriteLine(Summary());
    }

    public void WriteJson(TextWriter output, bool print)
    {
        JsonObject report = new() { ["ok"] = result.Mistakes.Count == 0, ["mistakes"] = Findings(result.Mistakes), ["warnings"] = Findings(warnings) };
        if (print) report["effective"] = Effective();
        JsonText.Write(output, report);
    }

    // Behind --print it is a comment, so that what is printed stays readable as lines of path and value.
    string Summary() => $"# {Count(result.Mistakes.Count, "mistake")}, {Count(warnings.Count, "warning")}";

    static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    static JsonArray Findings(IEnumerable<Mistake> findings) => Array(findings.Select(finding => new JsonObject
    {
        ["path"] = finding.Path,
        ["origin"] = finding.Origin.Text,
        ["problem"] = finding.Problem,
        ["remedy"] = finding.Remedy,
    }));

    JsonArray Effective() => Array(result.Effective.Select(value => new JsonObject
    {
        ["path"] = value.Path,
        ["value"] = value.Value,
        ["origin"] = value.Origin.Text,
    }));

    static JsonArray Array(IEnumerable<JsonObject> items)
    {
        JsonArray array = [];
        foreach (JsonObject item in items) array.Add((JsonNode)item);
        return array;
    }
}
