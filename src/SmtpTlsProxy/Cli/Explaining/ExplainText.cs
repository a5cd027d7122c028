using System.Globalization;
using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tls.Ratchets;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary>The report for people.</summary>
static class ExplainText
{
    /// <summary>What an upstream's policy is about; --print of check shows the rest.</summary>
    static readonly string[] Shown = ["tls", "tlsSettings", "verify", "identity", "ratchet", "helo", "quirks", "clientCertificate", "destinations"];

    public static void Write(ReportWriter to, ExplainReport report)
    {
        to.Line();
        to.Line($"upstream {report.Upstream.Name}: {ProbeText.Verdict(to.Palette, report.Verdict)}");
        to.Line();
        to.Line(to.Palette.Title("Policy"));
        foreach (EffectiveValue value in report.Policy.Where(value => IsShown(report.Upstream, value)))
            to.Line($"  {value.Path}: {value.Value}  # {value.Origin}");
        foreach (Explained one in report.Destinations)
            Destination(to, one, report.RecordNote);
        ProbeText.Findings(to, report.Faults);
    }

    static bool IsShown(UpstreamConfiguration upstream, EffectiveValue value)
    {
        string path = $"upstreams.{upstream.Name}.";
        return !value.Path.StartsWith(path, StringComparison.Ordinal) || Shown.Contains(value.Path[path.Length..].Split('.')[0]);
    }

    static void Destination(ReportWriter to, Explained one, string note)
    {
        to.Line();
        to.Line(to.Palette.Title($"Destination {one.Destination.Id}: {one.Destination}"));
        foreach (ProbeStep step in one.Seen.Steps)
            to.Entry($"  {step.Name}", string.Create(CultureInfo.InvariantCulture, $"{step.Duration.TotalMilliseconds,6:F1} ms  {step.Result}"));
        string decision = $"{one.Decision}{(one.Reply is { } reply ? $" ({reply})" : "")}";
        to.Entry("  decision", $"{Painted(to.Palette, one, decision)}: {one.Why}");
        Record(to, one, note);
        if (one.Permanent.Count > 0)
            to.Entry("  to demand it", "write into the upstream:");
        foreach (string line in one.Permanent)
            to.Line($"      {line}");
    }

    static string Painted(Palette palette, Explained one, string decision) => one switch
    {
        { IsServed: true, Decision: not "clear" } => palette.Good(decision),
        { IsServed: true, Upstream.Tls: Protocol.TlsMode.None } => decision,
        _ => palette.Bad(decision),
    };

    static void Record(ReportWriter to, Explained one, string note)
    {
        if (one.Record is not { } record)
        {
            to.Entry("  record", note);
            return;
        }
        string loss = one.Loss switch
        {
            Downgrade.None => "nothing was lost",
            Downgrade.Stripped => to.Palette.Bad("stripped"),
            _ => to.Palette.Bad("weakened"),
        };
        to.Entry("  record", $"{loss}: now {record.Last} (since {Day(record.LastSince)}), at best {record.Best} (since {Day(record.Since)}); {note}");
    }

    static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
