using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tls;

namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>What the process runs with: one configuration, read without a mistake, and the certificates it names. Immutable.</summary>
sealed record RunningConfiguration(LoadResult Loaded, CertificateSet Certificates)
{
    public ProxyConfiguration Configuration => Loaded.Configuration!;

    /// <summary>Reads the certificates at a start, where an unusable one is a mistake.</summary>
    public static RunningConfiguration Start(LoadResult loaded) => new(loaded, CertificateSet.Load(loaded.Configuration!.Certificates));
}
