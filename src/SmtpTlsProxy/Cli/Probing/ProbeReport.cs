using System.Globalization;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Everything that a probe has found.</summary>
sealed record ProbeReport(ProbeOptions Options, DateTimeOffset Now, Observation Seen)
{
    /// <summary>The host's name could not be resolved.</summary>
    public bool IsUnresolved { get; init; }

    /// <summary>A second connection resumed the first one's session; null: not tried.</summary>
    public bool? IsResumed { get; init; }

    /// <summary>A handshake with TLS 1.0 or 1.1 that succeeded beside a better one.</summary>
    public HandshakeResult? Old { get; init; }

    /// <summary>The best handshake of a server with which none that is safe succeeds.</summary>
    public HandshakeResult? Weakest { get; init; }

    public Intrusion? Intrusion { get; init; }

    /// <summary>What answered is a listener of the proxy on this machine.</summary>
    public OwnListener? Own { get; init; }

    public IReadOnlyList<CertificateFacts> Chain { get; } = HandshakeFacts.ChainOf(Seen.Handshake);

    public HandshakeOutcome Verification => HandshakeFacts.VerdictOf(Seen.Handshake);

    /// <summary>Why the certificate is good, or is not.</summary>
    public string Reason => HandshakeFacts.ReasonOf(Seen.Handshake);

    public string ExpectedName => Tls.Verification.ExpectedName(Options.Verify, Options.Server) ?? Options.Server.Host;

    public bool IsReached => !IsUnresolved && Seen.NotDialled is null;

    public IReadOnlyList<Forecast> Policy => Forecasts.Of(this);

    public IReadOnlyList<ProbeFault> Faults
    {
        get
        {
            Findings findings = new();
            Find(findings);
            return findings.All;
        }
    }

    public string Verdict => !IsReached ? "unreachable" : Faults.Any(fault => fault.Severity is Severity.Unsafe) ? "not_safe" : "safe";

    public int ExitCode => Verdict switch
    {
        "safe" => ExitCodes.Ok,
        "not_safe" => ExitCodes.NotSafe,
        _ => ExitCodes.Unreachable,
    };

    void Find(Findings findings)
    {
        if (IsUnresolved)
            findings.Unsafe("unresolved", $"{Options.Server.Host} has no address", "Check the name, and the resolver of this machine");
        else if (Seen.NotDialled is { } not)
            findings.Unsafe("unreachable", string.Create(CultureInfo.InvariantCulture, $"No connection to {Seen.Address}: {not.Detail}"), "Check host, port and the firewalls between");
        else
            FindAll(findings);
    }

    void FindAll(Findings findings)
    {
        SmtpFindings.Find(findings, Options, Seen);
        TlsFindings.Find(findings, this);
        CertificateFindings.Find(findings, this);
        if (Intrusion is { } found)
            IntrusiveFindings.Find(findings, found);
    }
}
