using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What is wrong with a server's handshake and with what it can.</summary>
static class TlsFindings
{
    public static void Find(Findings findings, ProbeReport report)
    {
        if (report.Seen.Handshake is { Succeeded: false } failed)
            FindFailed(findings, report, failed);
        if (report.Old is { } old)
            findings.Warn("old_tls_accepted", $"It still accepts {old.Version}, which RFC 8996 forbids", "Set the server's lowest version to TLS 1.2");
        if (report.Seen.Handshake is { Succeeded: true, Version: "TLSv1.2" })
            findings.Note("no_tls_1_3", "It does not know TLS 1.3", "Update the server's TLS library");
        if (report.IsResumed is false)
            findings.Note("no_resumption", "It resumes no session: each connection costs a whole handshake", "Enable session tickets");
    }

    static void FindFailed(Findings findings, ProbeReport report, HandshakeResult failed)
    {
        if (report.Weakest is { } weak)
            findings.Unsafe(IsOld(weak.Version) ? "old_tls_only" : "weak_cipher_only", $"It speaks no TLS that is safe: {weak.Version} with {weak.Cipher} is the best it can",
                "Update the server; the proxy before it can offer TLS 1.3 in its stead");
        else if (failed.Outcome is HandshakeOutcome.Timeout)
            findings.Unsafe("handshake_timeout", "It did not end the TLS handshake in time", "Look into the server's log; a firewall may swallow large packets");
        else if (failed.Outcome is HandshakeOutcome.Closed)
            findings.Unsafe("handshake_cut", "The connection was cut in the middle of the TLS handshake", "Look into the server's log; somebody on the path may be doing it");
        else
            findings.Unsafe("handshake_failed", $"The TLS handshake failed: {Printable.Of(failed.Detail)}", Remedy(report));
    }

    static string Remedy(ProbeReport report) => report.Options.Tls is Protocol.TlsMode.Implicit
        ? "If its TLS begins with STARTTLS, probe with --tls required"
        : "Compare versions, ciphers and groups of the server with the proxy's";

    static bool IsOld(string version) => version is "TLSv1" or "TLSv1.1" or "SSLv3";
}
