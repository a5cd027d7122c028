using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What is wrong with how the server speaks, up to its answer to STARTTLS.</summary>
static class SmtpFindings
{
    public static void Find(Findings findings, ProbeOptions options, Observation seen)
    {
        FindTalk(findings, options, seen);
        FindGreeting(findings, seen);
        if (options.Tls is TlsMode.Opportunistic or TlsMode.Required && seen.Clear is { IsFine: true })
            FindStartTls(findings, options, seen);
        FindAuth(findings, options, seen);
        FindInside(findings, seen);
    }

    static void FindTalk(Findings findings, ProbeOptions options, Observation seen)
    {
        if (seen.Failure is TalkFailure.NotSmtp)
            findings.Unsafe("not_smtp", $"What answers is no SMTP server; at {seen.FailedAt} it said: {seen.Nonsense}", "Check host and port");
        else if (seen.Failure is not TalkFailure.None && seen.FailedAt == "greeting")
            findings.Unsafe("no_greeting", $"It accepts connections and greets nobody: {Words.Of(seen.Failure)}",
                options.Tls is TlsMode.Implicit ? "Check host and port" : "If its TLS begins with the first octet, probe with --tls implicit; a server that greets late needs a longer --timeout");
        else if (seen.Failure is not TalkFailure.None && seen.FailedAt != "QUIT")
            findings.Unsafe("lost", $"At {seen.FailedAt}: {Words.Of(seen.Failure)}", "Look into the server's log for why");
    }

    static void FindGreeting(Findings findings, Observation seen)
    {
        if (seen.Greeting is { Code: not 220 } greeting)
            findings.Unsafe("greeting_refused", $"It turns us away: {greeting}", "Probe from an address that it serves, or later");
        if (seen.HeloOnly)
            findings.Warn("no_esmtp", "It does not know EHLO: neither STARTTLS nor any other extension can be had", "Put a server or proxy before it that speaks ESMTP");
        else if (seen.Clear is { IsFine: false } refused)
            findings.Unsafe("ehlo_refused", $"It refuses EHLO: {refused}", "Give a name that it accepts with --helo");
    }

    static void FindStartTls(Findings findings, ProbeOptions options, Observation seen)
    {
        if (seen.OctetsBehindEhlo)
            findings.Unsafe("octets_behind_ehlo", "Octets came behind its EHLO answer that nobody had asked for", "Somebody on the path may be adding replies; the proxy ends such a connection");
        else if (!seen.Clear!.Offers("STARTTLS"))
            findings.Unsafe("no_starttls", "It offers no STARTTLS: mail and passwords cross the network in the clear", "Enable TLS in the server, or put the proxy before it. If it was offered before, somebody may be stripping it");
        else if (seen.StartTls is { Code: not 220 } refused)
            findings.Unsafe("starttls_refused", $"It offers STARTTLS and refuses it: {refused}", "Look for a certificate that the server cannot load. If it worked before, somebody may be stripping it");
        if (seen.OctetsBehindStartTls)
            findings.Unsafe("octets_behind_starttls", "Octets in clear came behind its 220 to STARTTLS: a reply injected into the encrypted session (NO STARTTLS, 2021)",
                "Update the server; or somebody on the path adds replies. The proxy ends such a connection");
    }

    static void FindAuth(Findings findings, ProbeOptions options, Observation seen)
    {
        if (seen.Clear is { OffersAuth: true })
            findings.Add(options.Tls is not TlsMode.None, "auth_in_clear", "It takes passwords before TLS (AUTH is offered in the clear)", "Offer AUTH inside TLS only (Postfix: smtpd_tls_auth_only = yes)");
    }

    static void FindInside(Findings findings, Observation seen)
    {
        if (seen.Encrypted is { IsFine: false } refused)
            findings.Add(refused.Code != 503, "ehlo_refused_inside_tls", $"Inside TLS it refuses EHLO: {refused}", "If it takes only one EHLO a connection, use the quirk singleEhlo for it");
        if (seen.Encrypted is { } inside && inside.Offers("STARTTLS"))
            findings.Note("starttls_inside_tls", "It offers STARTTLS inside TLS, which RFC 3207 section 4.2 forbids", "Update the server");
    }
}
