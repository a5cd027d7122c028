using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tls;

namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>What the process runs with: one configuration, read without a mistake, and the certificates it names. Immutable.</summary>
/// <param name="Loaded">As it was read.</param>
/// <param name="Certificates">What its certificates' files held.</param>
/// <param name="Named">The files that it names, as they were just before they were read.</param>
sealed record RunningConfiguration(LoadResult Loaded, CertificateSet Certificates, FilePrints Named)
{
    public ProxyConfiguration Configuration => Loaded.Configuration!;

    /// <summary>Reads the certificates at a start, where an unusable one is a mistake.</summary>
    public static RunningConfiguration Start(LoadResult loaded)
    {
        FilePrints named = FilePrints.NamedBy(loaded.Configuration!);
        return new(loaded, CertificateSet.Load(loaded.Configuration!.Certificates), named);
    }

    /// <summary>Another configuration, or the same one with files that hold something else.</summary>
    public RunningConfiguration Next(LoadResult loaded, Action<CertificateOutcome> tell)
    {
        FilePrints named = FilePrints.NamedBy(loaded.Configuration!);
        return new(loaded, Certificates.Next(loaded.Configuration!.Certificates, tell), named);
    }
}
