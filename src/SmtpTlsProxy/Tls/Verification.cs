using System.Globalization;
using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Tls;

/// <summary>Whom an upstream's certificate must name, and who may have signed it.</summary>
static class Verification
{
    static readonly IdnMapping Idn = new();

    /// <summary>The roots: <c>caFile</c> alone where it is written, otherwise the system's.</summary>
    public static TlsClientOptions Trust(VerifyConfiguration verify) => verify.CaFile is { } file
        ? new TlsClientOptions { CaPem = Read(file) }
        : new TlsClientOptions { SystemRoots = true };

    /// <summary>The octets of a file of authorities.</summary>
    internal static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustUnusableException(file, e);
        }
    }

    /// <summary>The DNS-ID to expect: <c>verify.name</c>, else the dialled host; null for an address or a path (rule 4.8, RFC 9525).</summary>
    public static string? ExpectedName(VerifyConfiguration verify, DestinationConfiguration destination)
    {
        string? name = verify.Name ?? (destination.Kind is DestinationKind.Tcp ? destination.Host : null);
        return name is null || IPAddress.TryParse(name, out _) ? null : Idn.GetAscii(name.TrimEnd('.')).ToLowerInvariant();
    }
}

/// <summary>A <c>caFile</c> vanished after the configuration was checked, or cannot be read.</summary>
sealed class TrustUnusableException(string file, Exception cause) : Exception($"caFile: {file}: {cause.Message}", cause);
