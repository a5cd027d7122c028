using System.Text.Json.Nodes;
using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Tls.Ratchets;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary>The report for machines.</summary>
static class ExplainJson
{
    public const int Version = 1;

    public static JsonObject Of(ExplainReport report) => new()
    {
        ["version"] = Version,
        ["upstream"] = report.Upstream.Name,
        ["verdict"] = report.Verdict,
        ["policy"] = ProbeJson.Array(report.Policy.Select(value => new JsonObject { ["path"] = value.Path, ["value"] = value.Value, ["origin"] = value.Origin.Text })),
        ["destinations"] = ProbeJson.Array(report.Destinations.Select(Destination)),
        ["record"] = report.RecordNote,
        ["faults"] = ProbeJson.Array(report.Faults.Select(ProbeJson.Fault)),
    };

    static JsonObject Destination(Explained one) => new()
    {
        ["id"] = one.Destination.Id,
        ["address"] = one.Destination.ToString(),
        ["decision"] = one.Decision,
        ["reply"] = one.Reply,
        ["why"] = one.Why,
        ["steps"] = ProbeJson.Array(one.Seen.Steps.Select(ProbeJson.Step)),
        ["record"] = one.Record is { } record ? Record(record, one.Loss) : null,
        ["permanent"] = ProbeJson.Words(one.Permanent),
    };

    static JsonObject Record(RememberedServer record, Downgrade loss) => new()
    {
        ["loss"] = loss switch { Downgrade.None => "none", Downgrade.Stripped => "stripped", _ => "weakened" },
        ["now"] = record.Last.ToString(),
        ["nowSince"] = ProbeJson.Time(record.LastSince),
        ["best"] = record.Best.ToString(),
        ["bestSince"] = ProbeJson.Time(record.Since),
    };
}
