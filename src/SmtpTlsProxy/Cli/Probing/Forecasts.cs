using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Every mode's decision over what was seen (rules 4.1 to 4.6).</summary>
static class Forecasts
{
    const string NoTls = "421 4.7.4";
    const string Unsafe = "421 4.7.5";

    public static IReadOnlyList<Forecast> Of(ProbeReport report) => report.Options.Tls switch
    {
        _ when !WasGreeted(report) => [],
        TlsMode.None => [InClear()],
        TlsMode.Implicit => [Enforced(report, "implicit", "pkix"), Enforced(report, "implicit", "none")],
        _ => [InClear(), Opportunistic(report), Enforced(report, "required", "pkix"), Enforced(report, "required", "none")],
    };

    static bool WasGreeted(ProbeReport report) => report.Seen.Handshake is not null || report.Seen.Clear is { IsFine: true };

    static Forecast InClear() => new("none", "-", "clear", null, true, "nobody asked for TLS");

    static Forecast Opportunistic(ProbeReport report)
    {
        if (Refusal(report) is { } refused)
            return refused with { Tls = "opportunistic", Verify = "none" };
        if (WithoutTls(report.Seen) is { } why)
            return new("opportunistic", "none", "clear", null, false, $"{why}, so mail goes in the clear; passwords do not (rule 4.4)");
        bool good = report.Verification is HandshakeOutcome.Ok;
        return new("opportunistic", "none", good ? "verified" : "encrypted", null, good,
            good ? "TLS stands, and the certificate is good" : $"TLS stands; the certificate is not good ({report.Reason}), which is counted and not enforced (RFC 7435), and AUTH disappears unless verify: none is written");
    }

    static Forecast Enforced(ProbeReport report, string tls, string verify)
    {
        if (Refusal(report) is { } refused)
            return refused with { Tls = tls, Verify = verify };
        if (WithoutTls(report.Seen) is { } why)
            return new(tls, verify, "refused", NoTls, false, $"{why}, and nothing may leave in the clear");
        if (report.Verification is HandshakeOutcome.Ok)
            return new(tls, verify, "verified", null, true, "TLS stands, and the certificate is good");
        return verify == "none"
            ? new(tls, verify, "encrypted", null, true, "TLS stands; whose certificate it is was not asked")
            : new(tls, verify, "refused", Unsafe, false, $"the certificate is not good: {report.Reason}");
    }

    // Where no mode goes on: injected octets, a handshake that was begun and failed. There is no way back to clear text.
    static Forecast? Refusal(ProbeReport report) => report.Seen switch
    {
        { OctetsBehindEhlo: true } or { OctetsBehindStartTls: true } => new("", "", "refused", Unsafe, false, "octets that nobody asked for came before TLS"),
        { Handshake: { Outcome: HandshakeOutcome.Timeout } } => new("", "", "refused", "421 4.4.2", false, "the handshake took too long"),
        { Handshake: { Succeeded: false } failed } => new("", "", "refused", Unsafe, false, $"the handshake failed ({Words.Of(failed.Outcome)}), and once begun there is no way back to clear text (rule 4.4)"),
        _ => null,
    };

    static string? WithoutTls(Observation seen) => seen switch
    {
        { Handshake: not null } => null,
        { StartTls: { } refused } => $"STARTTLS was refused ({refused.Code})",
        _ => "STARTTLS is not offered",
    };
}
