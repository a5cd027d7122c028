using System.Globalization;
using System.Text;
using SmtpTlsProxy.Benchmarks.Measure;
using SmtpTlsProxy.Benchmarks.Proxies;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>The README's picture: CPU in HAProxy's, a bar a proxy. Longer bars than the axis are cut, and say how long they are.</summary>
static class Picture
{
    const int Left = 190, Axis = 480, Right = 60, BarHeight = 11, Gap = 14, Top = 46;
    const double Longest = 2;

    static readonly (string Scenario, string Label)[] s_rows =
    [
        ("ingress/implicit/handshake/ecdsa", "in: full handshake"), ("ingress/implicit/resumed/ecdsa", "in: resumed handshake"),
        ("ingress/implicit/session/ecdsa", "in: session, one message"), ("ingress/implicit/message/ecdsa", "in: 4 KB message"),
        ("ingress/implicit/pipelined/ecdsa", "in: pipelined"), ("ingress/implicit/bulk/ecdsa", "in: 50 MB by DATA"), ("ingress/implicit/bdat/ecdsa", "in: 50 MB by BDAT"),
        ("egress/implicit/handshake/ecdsa", "out: full handshake"), ("egress/implicit/message/ecdsa", "out: 4 KB message"), ("egress/implicit/bulk/ecdsa", "out: 50 MB by DATA"),
    ];

    static readonly (string Proxy, string Colour)[] s_bars = [(Ours.Word, "#1f6feb"), (HaProxy.Word, "#8b949e"), (Nginx.Word, "#b08800"), (Stunnel.Word, "#a371f7")];

    /// <summary>The picture; null where HAProxy or all of its scenarios are missing.</summary>
    public static string? Of(Results results)
    {
        (string Scenario, string Label)[] rows = [.. s_rows.Where(row => results.Of(row.Scenario, HaProxy.Word).Any())];
        if (rows.Length == 0)
            return null;
        StringBuilder svg = new();
        int y = Top;
        foreach ((string scenario, string label) in rows)
            y = Row(svg, results, scenario, label, y);
        return Frame(svg.ToString(), y, results);
    }

    static int Row(StringBuilder svg, Results results, string scenario, string label, int y)
    {
        int first = y;
        foreach ((string proxy, string colour) in s_bars)
        {
            double ratio = results.Ratio(scenario, proxy, HaProxy.Word);
            if (double.IsNaN(ratio))
                continue;
            double width = Math.Min(ratio, Longest) / Longest * Axis;
            svg.AppendLine(Invariant($"<rect x=\"{Left}\" y=\"{y}\" width=\"{width:0.0}\" height=\"{BarHeight - 2}\" fill=\"{colour}\"/>"));
            svg.AppendLine(Invariant($"<text x=\"{Left + width + 4:0.0}\" y=\"{y + BarHeight - 3}\" class=\"small\">{ratio:0.00}</text>"));
            y += BarHeight;
        }
        svg.AppendLine($"<text x=\"{Left - 8}\" y=\"{((first + y) / 2) + 3}\" text-anchor=\"end\">{label}</text>");
        return y + Gap;
    }

    static string Frame(string rows, int height, Results results)
    {
        string one = Invariant($"{Left + (Axis / Longest):0}");
        StringBuilder legend = new();
        int x = Left;
        foreach ((string proxy, string colour) in s_bars.Where(bar => results.Proxies.Contains(bar.Proxy)))
        {
            legend.Append($"<rect x=\"{x}\" y=\"26\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{x + 14}\" y=\"35\">{proxy}</text>");
            x += 85;
        }
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Left + Axis + Right} {height + 16}" font-family="sans-serif" font-size="12" role="img">
            <title>CPU of the proxy in HAProxy's, per unit of work: shorter is cheaper</title>
            <style>text {"{ fill: #57606a }"} .small {"{ font-size: 9px }"} @media (prefers-color-scheme: dark) {"{ text { fill: #adbac7 } }"}</style>
            <text x="{Left}" y="14">CPU of the proxy per unit of work, in HAProxy's: shorter is cheaper</text>
            {legend}
            <line x1="{one}" x2="{one}" y1="{Top - 4}" y2="{height - Gap}" stroke="#8b949e" stroke-dasharray="3 3"/>
            {rows}<text x="{Left}" y="{height + 8}" class="small">{results.Machine.Date}, commit {results.Machine.Commit}, {results.Machine.Cores} cores, medians of ratios within a round</text>
            </svg>

            """;
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
