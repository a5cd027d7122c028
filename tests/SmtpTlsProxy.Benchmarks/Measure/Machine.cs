using System.Diagnostics;
using System.Globalization;
using SmtpTlsProxy.Benchmarks.Compare;
using SmtpTlsProxy.Benchmarks.Proxies;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Benchmarks.Measure;

/// <summary>Where and how a run was made.</summary>
sealed record Machine(string Date, string Commit, string Command, string Processor, int Cores, string Kernel, string OpenSsl, int Loops, IReadOnlyDictionary<string, string> Versions)
{
    public static Machine Here(Options options) => new(
        DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC",
        Said("git", "-C", Binary.Repository, "describe", "--always", "--dirty"),
        CommandLine(),
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "?",
        Environment.ProcessorCount,
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        OpenSslLibrary.Version,
        options.Loops,
        options.Proxies.Select(name => (name, version: Version(name))).Where(entry => entry.version.Length > 0).ToDictionary(entry => entry.name, entry => entry.version));

    static string Version(string proxy) => proxy switch
    {
        HaProxy.Word => Said(Tools.PathOf(proxy)!, "-v"),
        Nginx.Word => Said(Tools.PathOf(proxy)!, "-v"),
        Stunnel.Word => Said(Tools.PathOf(proxy)!, "-version"),
        _ => "",
    };

    // Whoever reads it has the repository, but not this machine's folders.
    static string CommandLine() => string.Join(' ', Environment.GetCommandLineArgs()[1..].Select(word => Path.IsPathRooted(word) ? Path.GetFileName(word) : word));

    // The first line that is not empty, of either stream.
    static string Said(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string all = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            return all.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && !line.StartsWith("Initializing", StringComparison.Ordinal)) ?? "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}
