using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Tls;

namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>What the process runs with: one configuration, read without a mistake, and the certificates it names. Immutable.</summary>
/// <param name="Loaded">As it was read.</param>
/// <param name="Certificates">What its certificates' files held.</param>
/// <param name="Named">The files that it names, as they were just before they were read.</param>
sealed record RunningConfiguration(LoadResult Loaded, CertificateSet Certificates, FilePrints Named)
{
    /// <summary>The ticket keys that replicas share; null where they are made here.</summary>
    public TicketSecrets? Tickets { get; init; }

    public ProxyConfiguration Configuration => Loaded.Configuration!;

    /// <summary>Reads the certificates at a start, where an unusable one is a mistake.</summary>
    public static RunningConfiguration Start(LoadResult loaded, TimeProvider time)
    {
        FilePrints named = FilePrints.NamedBy(loaded.Configuration!);
        return new(loaded, CertificateSet.Load(loaded.Configuration!.Certificates, time), named) { Tickets = TicketSecrets.Load(loaded.Configuration.Tickets) };
    }

    /// <summary>Another configuration, or the same one with files that hold something else.</summary>
    public RunningConfiguration Next(LoadResult loaded, Action<CertificateOutcome> tell)
    {
        FilePrints named = FilePrints.NamedBy(loaded.Configuration!);
        return new(loaded, Certificates.Next(loaded.Configuration!.Certificates, tell), named) { Tickets = TicketSecrets.Next(Tickets, loaded.Configuration.Tickets) };
    }
}
