using System.Globalization;
using System.Runtime.InteropServices;

namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>A process and all below it: the CPU they used, children that have died included, and the memory they hold.</summary>
sealed partial class ProcessTree(int root)
{
    const int ParentField = 3, DeadChildrenUserField = 15, DeadChildrenSystemField = 16, TicksPerSecond = 100, CpuTimeOfAll = 2;

    /// <summary>User and system time so far.</summary>
    public TimeSpan Cpu()
    {
        double seconds = 0;
        foreach (int process in All())
            seconds += OwnCpu(process) + DeadChildrenCpu(process);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Of the root alone, without those that it started.</summary>
    public TimeSpan OwnCpu() => TimeSpan.FromSeconds(OwnCpu(root));

    /// <summary>Resident, and what remains of it when shared pages are divided among those who share them.</summary>
    public Memory Memory() => All().Select(MemoryOf).Aggregate(default(Memory), (sum, one) => new Memory(sum.Resident + one.Resident, sum.Proportional + one.Proportional));

    public IReadOnlyList<int> All()
    {
        ILookup<int, int> children = ProcessIds().Select(id => (id, Parent: (int)(Stat(id)?[ParentField] ?? -1))).ToLookup(entry => entry.Parent, entry => entry.id);
        List<int> all = [root];
        for (int at = 0; at < all.Count; at++)
            all.AddRange(children[all[at]]);
        return all;
    }

    // The kernel's own sum over all threads, those that have ended included, in nanoseconds: clock_getcpuclockid(3) without the library's error for other processes.
    static double OwnCpu(int process) => clock_gettime((~process << 3) | CpuTimeOfAll, out TimeSpec spent) == 0 ? spent.Seconds + (spent.Nanoseconds / 1e9) : 0;

    static double DeadChildrenCpu(int process) => Stat(process) is { } fields ? (double)(fields[DeadChildrenUserField] + fields[DeadChildrenSystemField]) / TicksPerSecond : 0;

    // proc(5): fields are counted from the state, behind the name, which may hold anything.
    static long[]? Stat(int process)
    {
        string text = Text($"/proc/{process}/stat");
        if (text.Length == 0)
            return null;
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return [0, 0, .. fields.Select(field => long.TryParse(field, CultureInfo.InvariantCulture, out long value) ? value : 0)];
    }

    static Memory MemoryOf(int process)
    {
        string text = Text($"/proc/{process}/smaps_rollup");
        return new Memory(Line(text, "\nRss:"), Line(text, "\nPss:"));
    }

    static long Line(string text, string name)
    {
        int at = text.IndexOf(name, StringComparison.Ordinal);
        return at < 0 ? 0 : 1024 * long.Parse(text.AsSpan(at + name.Length, text.IndexOf(" kB", at, StringComparison.Ordinal) - at - name.Length), CultureInfo.InvariantCulture);
    }

    static IEnumerable<int> ProcessIds() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0).Where(id => id > 0);

    // Empty where the process has just ended.
    static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec spent);
}

/// <summary>In octets.</summary>
readonly record struct Memory(long Resident, long Proportional);
