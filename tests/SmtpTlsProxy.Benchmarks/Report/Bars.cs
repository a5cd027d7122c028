using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>What this proxy is meant to cost at most, and what it does.</summary>
static class Bars
{
    const string Ingress = "ingress/implicit/", Egress = "egress/implicit/", Suffix = "/ecdsa";

    static readonly (string Scenario, string To, double AtMost)[] s_ratios =
    [
        (Ingress + "handshake", HaProxy.Word, 1.0), (Ingress + "handshake", Stunnel.Word, 0.5),
        (Ingress + "resumed", HaProxy.Word, 1.0),
        (Ingress + "session", HaProxy.Word, 1.0), (Ingress + "session", Nginx.Word, 0.9),
        (Ingress + "message", HaProxy.Word, 0.9), (Ingress + "message", Nginx.Word, 1.0),
        (Ingress + "pipelined", HaProxy.Word, 1.0),
        (Ingress + "bulk", HaProxy.Word, 0.9), (Ingress + "bdat", HaProxy.Word, 0.9),
        (Egress + "handshake", HaProxy.Word, 1.05), (Egress + "message", HaProxy.Word, 0.95), (Egress + "bulk", HaProxy.Word, 1.05),
    ];

    public static Table? Of(Results results)
    {
        (string What, double AtMost, double Measured)[] all = [.. Ratios(results), .. Memories(results)];
        all = [.. all.Where(bar => !double.IsNaN(bar.Measured))];
        if (all.Length == 0)
            return null;
        Table table = new("What it is meant to cost at most.", "ours", "at most", "measured", "");
        foreach ((string what, double atMost, double measured) in all)
            table.Add(what, Table.Figure(atMost), Table.Figure(measured), measured <= atMost ? "" : "missed");
        return table;
    }

    static IEnumerable<(string, double, double)> Ratios(Results results)
    {
        foreach ((string scenario, string to, double atMost) in s_ratios)
            yield return ($"{scenario} : {to}", atMost, results.Ratio(scenario + Suffix, Ours.Word, to));
        yield return ("ingress/starttls/handshake : haproxy's implicit one", 1.05, results.Ratio("ingress/starttls/handshake" + Suffix, Ingress + "handshake" + Suffix, Ours.Word, HaProxy.Word));
    }

    static IEnumerable<(string, double, double)> Memories(Results results)
    {
        IdleSample? ours = results.Idle.FirstOrDefault(sample => sample.Proxy == Ours.Word && sample.Scenario == Ingress + "idle" + Suffix);
        if (ours is null)
            yield break;
        yield return ("KB an idle TLS session at 5,000", 20, ours.Resident(ours.Sessions[^1]) / 1e3);
        yield return ("MB at rest", 30, ours.AtRest.Resident / 1e6);
        yield return ("ms to the first greeting", 80, ours.Starts.Median());
        if (results.Idle.FirstOrDefault(sample => sample.Proxy == HaProxy.Word && sample.Scenario == ours.Scenario) is { } haProxy)
            yield return ("MB after they left, at most HAProxy's", haProxy.After.Resident / 1e6, ours.After.Resident / 1e6);
    }
}
