using System.Reflection;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>How the proxy is started.</summary>
sealed record ProxyBinary(string Program, params string[] First)
{
    /// <summary>What the project reference built, or the binary that SMTP_TLS_PROXY_TESTS_BINARY names (the native one, say).</summary>
    public static ProxyBinary Default { get; } = Environment.GetEnvironmentVariable("SMTP_TLS_PROXY_TESTS_BINARY") is { Length: > 0 } binary
        ? new ProxyBinary(binary)
        : new ProxyBinary(Dotnet, BuildFact("Proxy"));

    /// <summary>The network it is started in; null: the machine's own.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>The same, started in a network of its own.</summary>
    public ProxyBinary In(NetworkNamespace network)
    {
        string[] words = network.Enter([Program, .. First]);
        return new ProxyBinary(words[0], words[1..]) { Network = network };
    }

    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static string Repository => BuildFact("Repository");

    static string BuildFact(string key) => typeof(ProxyBinary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == key).Value!;
}
