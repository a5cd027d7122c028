namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What the intrusive tests found.</summary>
static class IntrusiveFindings
{
    public static void Find(Findings findings, Intrusion found)
    {
        if (found.Injection is { Exposed: true })
            findings.Unsafe("starttls_injection", "What is said in the clear behind STARTTLS is executed inside TLS: whoever is on the path can put commands into an encrypted session (CVE-2011-0411)", "Update the server, or put the proxy before it");
        if (found.Injection is { Result: "answered_in_clear" })
            findings.Warn("starttls_injection_in_clear", "What is said behind STARTTLS is answered in the clear, after the 220", "Update the server, or put the proxy before it");
        if (found.EndOfData is { Exposed: true })
            findings.Unsafe("smuggling", $"A false end of data ends a message (SMTP smuggling). {found.EndOfData.Tested}", "Update the server, or put the proxy before it with bareNewlines: normalize");
        if (found.BareNewlines is { Exposed: true })
            findings.Note("bare_lf_commands", "A bare LF ends a command. That is common; a server that takes it inside content as part of an end of data too is open to SMTP smuggling",
                "Postfix: smtpd_forbid_bare_newline = normalize; or put the proxy before it with bareNewlines: normalize");
        if (found.Relay is { Exposed: true })
            findings.Unsafe("open_relay", $"It relays for us, from stranger to stranger. {found.Relay.Tested}",
                "Unless our address is one that it is meant to relay for, close it. Behind a proxy every client has the proxy's address: identity xclient, proxyV1 or proxyV2");
    }
}
