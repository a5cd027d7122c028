using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>What a unit costs at one size, and in that of the first.</summary>
static class GrowthTable
{
    const string Title = "Ingress, implicit TLS: proxy CPU in µs a message or, from DATA on, a MB; memory is proportional (PSS), while the sessions stand.";

    // Below it a session's share says nothing: what is held once is most of it.
    const int ManySessions = 100;

    public static Table Of(IReadOnlyList<GrowthStep> steps)
    {
        Table table = new(Title, "size", "loops", "CPU", "in the first size's", "MB", "KB a session");
        GrowthStep first = steps[0];
        foreach (GrowthStep step in steps)
        {
            first = step.IsFirst ? step : first;
            table.Add(step.Size, $"{step.Loops}", Table.Figure(step.Cost), Table.Ratio(step.Cost / first.Cost), Table.Figure(step.Memory / 1e6), step.Sessions < ManySessions ? "" : Table.Figure(step.MemoryOfASession / 1e3));
        }
        return table;
    }
}
