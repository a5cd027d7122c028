using System.Globalization;
using System.Text.RegularExpressions;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>A scraped /metrics page.</summary>
sealed partial class MetricsPage(string text)
{
    const string Prefix = "smtp_tls_proxy_";

    public string Text => text;

    /// <summary>The sum of all series of this name that bear these labels; 0 where there is none.</summary>
    public double this[string name, params (string Key, string Value)[] labels] => Series(name, labels).Sum();

    public bool Has(string name, params (string Key, string Value)[] labels) => Series(name, labels).Any();

    /// <summary>The series whose name has one of these words, and their values.</summary>
    public IEnumerable<(string Series, double Value)> Named(params string[] words) =>
        text.Split('\n').Select(line => Line().Match(line)).Where(match => match.Success && words.Any(word => match.Groups["name"].Value.Contains(word, StringComparison.Ordinal)))
            .Select(match => (match.Groups["name"].Value + match.Groups["labels"].Value, Number(match)));

    IEnumerable<double> Series(string name, (string Key, string Value)[] labels)
    {
        string full = name.StartsWith(Prefix, StringComparison.Ordinal) ? name : Prefix + name;
        return text.Split('\n').Select(line => Line().Match(line))
            .Where(match => match.Success && match.Groups["name"].Value == full && labels.All(label => match.Groups["labels"].Value.Contains($"{label.Key}=\"{label.Value}\"", StringComparison.Ordinal)))
            .Select(Number);
    }

    static double Number(Match match) => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(?<name>[a-z0-9_]+)(?<labels>\{.*\})? (?<value>[0-9.eE+-]+|NaN)$""")]
    private static partial Regex Line();
}
