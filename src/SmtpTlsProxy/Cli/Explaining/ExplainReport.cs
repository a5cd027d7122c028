using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Tls.Ratchets;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary>Everything that is to be said of an upstream.</summary>
/// <param name="Upstream">As it is configured.</param>
/// <param name="Policy">What holds for it, and where that was written.</param>
/// <param name="Warnings">What the configuration's check says of it.</param>
/// <param name="Destinations">Each, tried.</param>
/// <param name="RecordNote">Where the downgrade record comes from, or why there is none.</param>
sealed record ExplainReport(
    UpstreamConfiguration Upstream, IReadOnlyList<EffectiveValue> Policy, IReadOnlyList<Mistake> Warnings, IReadOnlyList<Explained> Destinations, string RecordNote)
{
    public IReadOnlyList<ProbeFault> Faults
    {
        get
        {
            Findings findings = new();
            foreach (Explained one in Destinations)
                Find(findings, one);
            foreach (Mistake warning in Warnings)
                findings.Warn("configuration", $"{warning.Path}: {warning.Problem}", warning.Remedy);
            return findings.All;
        }
    }

    /// <summary>As probe's. A destination that cannot be reached is no danger; one that is refused or goes in the clear is.</summary>
    public string Verdict => Faults.Any(fault => fault is { Severity: Severity.Unsafe, Code: not "unreachable" }) ? "not_safe"
        : Destinations.Any(one => !one.Seen.IsReached) ? "unreachable" : "safe";

    public int ExitCode => Verdict switch
    {
        "safe" => ExitCodes.Ok,
        "not_safe" => ExitCodes.NotSafe,
        _ => ExitCodes.Unreachable,
    };

    void Find(Findings findings, Explained one)
    {
        string who = $"{one.Destination.Id} ({one.Destination})";
        if (!one.Seen.IsReached)
            findings.Unsafe("unreachable", $"{who} cannot be reached: {one.Why}", "Check host, port and the firewalls between");
        else if (!one.IsServed)
            findings.Unsafe("refused", $"No mail goes to {who}: clients hear {one.Reply}, because {one.Why}", Remedy(one));
        if (one.IsServed && one.Decision == "clear" && Upstream.Tls is not TlsMode.None)
            findings.Unsafe("clear_text", $"Mail to {who} goes in the clear: {one.Why}", "Enable TLS in the server. If it was offered before, somebody may be stripping it: ratchet: enforce, or tls: required");
        if (one is { Record: { } record, Loss: not Downgrade.None })
            findings.Unsafe("downgraded", $"{who} is less safe than it was: {record.Last}; at best {record.Best}", "Find out why. If it is meant to be so, write ratchet: disabled for a while, which forgets what was seen");
        if (one.IsServed && one.Decision == "encrypted" && Upstream.Verify.Mode is VerifyMode.None)
            findings.Warn("not_verified", $"Whoever is on the path to {who} can be it: {one.Why}", "Write the lines below");
        if (Upstream.Tls is TlsMode.None && one.Seen.Ehlo is { } ehlo && ehlo.Offers("STARTTLS"))
            findings.Note("starttls_unused", $"{who} offers STARTTLS, and tls is none", "tls: required would use it; probe tells what it is worth");
    }

    static string Remedy(Explained one) => one.Seen.Handshake is { Verdict: { IsGood: false } } ? "Correct the server's certificate, or verify" : "Look into the server's log; smtp-tls-proxy probe looks closer";
}
