using System.Globalization;

namespace SmtpTlsProxy.Cli;

/// <summary>The share of the machine that a container's or a unit's quota leaves this process (cgroups(7)).</summary>
static class CpuQuota
{
    /// <summary>
    /// One event loop for two whole cores, at least one: the others are for the mail server beside it and for the kernel, and a second loop costs every
    /// session wake-ups (measured on two cores: 8 to 12 % of its CPU). The runtime rounds a quota up, and would call one core and a half two.
    /// </summary>
    public static int Loops => LoopsOf(Environment.ProcessorCount, Read("/proc/self/cgroup", "/sys/fs/cgroup"));

    public static int LoopsOf(int processors, double? cores) => Math.Max(1, (int)(Math.Min(cores ?? processors, processors) / 2));

    /// <summary>In cores; the least of the group and of those above it. Null without a quota, and where there are no control groups to read.</summary>
    public static double? Read(string memberships, string root)
    {
        try
        {
            return File.ReadLines(memberships).Select(line => OfMembership(line.Split(':', 3), root)).Min();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {   // not Linux as it is usual: then all cores are ours
            return null;
        }
    }

    // hierarchy:controllers:path; the second version has no controllers here.
    static double? OfMembership(string[] parts, string root) => parts switch
    {
        [_, "", var path] => Groups(root, path).Min(group => Cores(Words(group, "cpu.max"))),
        [_, var controllers, var path] when controllers.Split(',').Contains("cpu") =>
            Groups(Path.Combine(root, "cpu"), path).Min(group => Cores([.. Words(group, "cpu.cfs_quota_us"), .. Words(group, "cpu.cfs_period_us")])),
        _ => null,
    };

    // From the group upwards. In a container the path may be the host's, which is not there: the topmost one is then the container's own.
    static IEnumerable<string> Groups(string root, string path)
    {
        for (string at = path.Trim('/'); at.Length > 0; at = Path.GetDirectoryName(at) ?? "")
            yield return Path.Combine(root, at);
        yield return root;
    }

    static string[] Words(string group, string file)
    {
        string path = Path.Combine(group, file);
        return File.Exists(path) ? File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
    }

    // "max" and -1: none
    static double? Cores(string[] quotaAndPeriod) =>
        quotaAndPeriod is [var quota, var period] && double.TryParse(quota, CultureInfo.InvariantCulture, out double used) && used > 0
            && double.TryParse(period, CultureInfo.InvariantCulture, out double of) && of > 0 ? used / of : null;
}
