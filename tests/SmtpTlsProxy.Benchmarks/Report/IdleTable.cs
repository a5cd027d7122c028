using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Report;

/// <summary>Memory, and how long a start takes.</summary>
static class IdleTable
{
    const string Title =
        "Memory of the whole process tree, resident (in parentheses proportional, PSS): MB at rest (ten seconds after the first greeting) and ten seconds after all sessions left, KB a session between;\n"
        + "a session is silent behind EHLO. Start: ms from the process to the first greeting. nginx has no connection to the server for such a session.";

    public static Table? Of(Results results)
    {
        if (results.Idle.Count == 0)
            return null;
        Table table = new(Title, ["scenario", "proxy", "start", "at rest", .. results.Idle[0].Sessions.Select(held => $"a session of {held.Sessions}"), "after"]);
        foreach (IdleSample sample in results.Idle)
        {
            IEnumerable<string> sessions = sample.Sessions.Select(held => $"{Table.Figure(sample.Resident(held) / 1e3)} ({Table.Figure(sample.Proportional(held) / 1e3)})");
            table.Add([sample.Scenario, sample.Proxy, Table.Figure(sample.Starts.Median()), Megabytes(sample.AtRest), .. sessions, Megabytes(sample.After)]);
        }
        return table;
    }

    static string Megabytes(Memory memory) => $"{Table.Figure(memory.Resident / 1e6)} ({Table.Figure(memory.Proportional / 1e6)})";
}
