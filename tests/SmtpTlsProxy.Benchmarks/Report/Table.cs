using System.Globalization;
using System.Text;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>A table in Markdown: the first column is words, the others are figures.</summary>
sealed class Table(string title, params IEnumerable<string> heads)
{
    readonly string[] _heads = [.. heads];
    readonly List<string[]> _rows = [];

    public void Add(params IEnumerable<string> cells) => _rows.Add([.. cells]);

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine(title).AppendLine();
        text.AppendLine(Row(_heads)).AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", _heads.Length - 1))}");
        foreach (string[] row in _rows)
            text.AppendLine(Row(row));
        return text.ToString();
    }

    /// <summary>Three digits or so; nothing for what was not measured.</summary>
    public static string Figure(double value) => double.IsNaN(value)
        ? ""
        : value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => double.IsNaN(value) ? "" : value.ToString("0.00", CultureInfo.InvariantCulture);

    static string Row(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
