using System.Reflection;

namespace SmtpTlsProxy.Telemetry;

/// <summary>What runs: for <c>build_info</c>, the status page and <c>--version</c>.</summary>
sealed record BuildInfo(string Version, string Revision, string Runtime)
{
    public static BuildInfo Current { get; } = Read();

    // The SDK writes "1.2.3+revision" where the revision is known.
    static BuildInfo Read()
    {
        string whole = typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
        string[] parts = whole.Split('+', 2);
        return new(parts[0], parts.Length > 1 ? parts[1] : "unknown", Environment.Version.ToString());
    }
}
