using System.Text;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>A run as the README shows it.</summary>
static class MarkdownReport
{
    public static string Of(Results results)
    {
        StringBuilder text = new();
        text.AppendLine(Origin(results.Machine)).AppendLine();
        Append(text, CostTable.Of(results));
        Append(text, SpeedTable.Of(results));
        Append(text, IdleTable.Of(results));
        Append(text, Bars.Of(results));
        return text.ToString();
    }

    public static string Origin(Machine machine) =>
        $"{machine.Date}, commit {machine.Commit}, {machine.Cores} cores {machine.Processor}, Linux {machine.Kernel}, {machine.OpenSsl}; "
        + $"{string.Join("; ", machine.Versions.Values)}; {(machine.Loops > 0 ? $"{machine.Loops}" : "their own default of")} loops, threads or workers each. `{machine.Command}`";

    static void Append(StringBuilder text, Table? table)
    {
        if (table is not null)
            text.AppendLine(table.ToString());
    }
}
