using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Configuration;

/// <summary>What one upstream's keys ask of each other.</summary>
static class UpstreamRules
{
    public static void Check(Validation at)
    {
        foreach (UpstreamConfiguration upstream in at.Configuration.Upstreams)
        {
            CheckOriginal(at, upstream, $"upstreams.{upstream.Name}.verify.name");
            CheckUnix(at, upstream, $"upstreams.{upstream.Name}.verify.name");
            CheckPins(at, upstream.Verify, $"upstreams.{upstream.Name}.verify");
            CheckAuthorities(at, upstream.Verify.CaFile, $"upstreams.{upstream.Name}.verify.caFile");
        }
    }

    // Rule 4.8: redirected traffic knows an address and no name.
    static void CheckOriginal(Validation at, UpstreamConfiguration upstream, string path)
    {
        if (VerifiesWithoutName(upstream) && upstream.Destinations.Any(destination => destination.Kind is DestinationKind.Original))
            at.Refuse(path, "original destinations have no name that pkix could verify", "Write verify.name, or tls: opportunistic, or verify: { mode: none }");
    }

    static void CheckUnix(Validation at, UpstreamConfiguration upstream, string path)
    {
        if (VerifiesWithoutName(upstream) && upstream.Destinations.Any(destination => destination.Kind is DestinationKind.Unix))
            at.Refuse(path, "a unix socket has no name that pkix could verify", "Write verify.name, or tls: none");
    }

    static void CheckPins(Validation at, VerifyConfiguration verify, string path)
    {
        bool pins = verify.Mode is VerifyMode.Pin or VerifyMode.PinOrPkix;
        if (pins && verify.Pins.Count == 0 && !at.Mistakes.Concern($"{path}.pins"))
            at.Refuse($"{path}.pins", $"{Vocabulary.VerifyModes.WordOf(verify.Mode)} has nothing to compare with",
                "Write pins: [\"spki:sha256:…\"]; smtp-tls-proxy probe HOST:PORT shows what the server has now");
        if (!pins && verify.Pins.Count > 0)
            at.Refuse($"{path}.pins", $"pins have no effect: the mode is {Vocabulary.VerifyModes.WordOf(verify.Mode)}", "Write mode: pin or mode: pinOrPkix, or remove pins");
    }

    static bool VerifiesWithoutName(UpstreamConfiguration upstream) =>
        upstream.Tls is not TlsMode.None && upstream.Verify is { Mode: VerifyMode.Pkix or VerifyMode.PinOrPkix, Name: null };

    internal static void CheckAuthorities(Validation at, string? file, string path)
    {
        if (file is null) return;
        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(file);
            if (authorities.Count == 0) at.Refuse(path, $"{file} holds no certificate", "Write a file with PEM certificates");
            foreach (X509Certificate2 authority in authorities) authority.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            at.Refuse(path, $"{file} cannot be read: {e.Message.TrimEnd('.')}", "Write a file with PEM certificates that the proxy's user may read");
        }
    }
}
