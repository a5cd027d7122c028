using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;

namespace SmtpTlsProxy.Tls.Ratchets;

/// <summary>The lines of a configuration that demand for ever what was seen of a server.</summary>
static class PermanentPolicy
{
    /// <summary>The keys of the upstream, each as a line; none where nothing but clear text was seen.</summary>
    /// <param name="upstream">As it is configured.</param>
    /// <param name="best">The best security seen of it.</param>
    /// <param name="shown">A pin of the certificate that it shows, where that is known.</param>
    public static IReadOnlyList<string> Lines(UpstreamConfiguration upstream, SeenSecurity best, CertificatePin? shown = null) => best.Level switch
    {
        UpstreamSecurity.Clear => [],
        UpstreamSecurity.Verified => [Tls(upstream), Verified(upstream)],
        _ => [Tls(upstream), shown is { } pin ? $"verify: {{ mode: pin, pins: [\"{pin}\"] }}" : "verify: { mode: none }"],
    };

    static string Tls(UpstreamConfiguration upstream) => $"tls: {(upstream.Tls is TlsMode.Implicit ? "implicit" : "required")}";

    static string Verified(UpstreamConfiguration upstream)
    {
        VerifyConfiguration verify = upstream.Verify;
        string mode = Vocabulary.VerifyModes.WordOf(verify.Mode is VerifyMode.None ? VerifyMode.Pkix : verify.Mode);
        string name = verify.Name is { } expected ? $", name: {expected}" : "";
        string file = verify.CaFile is { } authorities ? $", caFile: {authorities}" : "";
        string pins = verify.Pins.Count > 0 ? $", pins: [{string.Join(", ", verify.Pins.Select(pin => $"\"{pin}\""))}]" : "";
        return $"verify: {{ mode: {mode}{name}{file}{pins} }}";
    }
}
