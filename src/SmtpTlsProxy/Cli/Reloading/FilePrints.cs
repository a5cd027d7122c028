using System.Security.Cryptography;
using SmtpTlsProxy.Configuration;

namespace SmtpTlsProxy.Cli.Reloading;

/// <summary>
/// What stood in files when they were looked at. Contents alone are compared: Kubernetes swaps a link to a whole folder, which neither inotify nor the
/// files' own dates show.
/// </summary>
sealed class FilePrints
{
    readonly Dictionary<string, string> _prints;

    FilePrints(Dictionary<string, string> prints) => _prints = prints;

    public static FilePrints Of(IEnumerable<string> files) => new(files.Distinct().ToDictionary(file => file, Print));

    /// <summary>Those of <see cref="FilesOf"/>.</summary>
    public static FilePrints NamedBy(ProxyConfiguration configuration) => Of(FilesOf(configuration));

    /// <summary>The files that a configuration names: certificates, keys, passwords, authorities, ticket keys.</summary>
    public static IEnumerable<string> FilesOf(ProxyConfiguration configuration) =>
        configuration.Certificates.SelectMany(certificate => certificate.Files)
            .Concat(configuration.Upstreams.Select(upstream => upstream.Verify.CaFile))
            .Concat(configuration.Listeners.Select(listener => listener.ClientCertificates.CaFile))
            .Append(configuration.Tickets.KeyFile)
            .OfType<string>();

    /// <summary>No file of <paramref name="now"/> is unknown here or holds something else.</summary>
    public bool Cover(FilePrints now) => now._prints.All(print => _prints.GetValueOrDefault(print.Key) == print.Value);

    static string Print(string file)
    {
        try
        {
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }
}
