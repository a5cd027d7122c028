using System.Collections.Concurrent;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>Programs that a test started and has not yet stopped: ended with the run, should it be ended from outside.</summary>
static class Leftovers
{
    static readonly ConcurrentDictionary<object, Action> s_ends = new();

    static Leftovers() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (Action end in s_ends.Values)
            end();
    };

    public static void Add(object owner, Action end) => s_ends[owner] = end;

    public static void Remove(object owner) => s_ends.TryRemove(owner, out _);
}
