using System.Diagnostics;
using System.Reflection;
using SmtpTlsProxy.Benchmarks.Measure;

namespace SmtpTlsProxy.Benchmarks.Compare;

/// <summary>Our own program as it ships: Native AOT.</summary>
static class Binary
{
    public static string Repository { get; } =
        typeof(Binary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "Repository").Value!;

    /// <summary>The one that was named, or one that is published now.</summary>
    public static string Find(string? named, Scratch scratch)
    {
        if (named is not null)
            return File.Exists(named) ? Path.GetFullPath(named) : throw new InvalidOperationException($"there is no {named}");
        string folder = scratch.PathTo("published");
        Console.Error.WriteLine("publishing the proxy (Native AOT)");
        Process publish = Children.Start(new ProcessStartInfo("dotnet", ["publish", Path.Combine(Repository, "src/SmtpTlsProxy"), "-c", "Release", "-o", folder, "-v", "q", "--nologo"]));
        publish.WaitForExit();
        if (publish.ExitCode != 0)
            throw new InvalidOperationException("the proxy cannot be published: Native AOT needs gcc or clang, and zlib1g-dev");
        return Path.Combine(folder, "smtp-tls-proxy");
    }
}
