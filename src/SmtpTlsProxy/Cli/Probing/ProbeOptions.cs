using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>What was asked for.</summary>
sealed record ProbeOptions(DestinationConfiguration Server, TlsMode Tls)
{
    public const int MailPort = 25;
    const int SubmissionsPort = 465;

    /// <summary>The name that the certificate must carry; null: the host's own, or its address.</summary>
    public string? Name { get; init; }

    /// <summary>Roots in place of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>How we call ourselves; null: our address.</summary>
    public string? Helo { get; init; }

    /// <summary>How long one connection may take, from dialling to QUIT.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public bool Intrusive { get; init; }

    /// <summary>Sender and recipient of the open-relay test: neither is the server's own.</summary>
    public string From { get; init; } = "probe@example.com";

    public string To { get; init; } = "probe@example.org";

    /// <summary>TLS from the first octet is the rule on one port only (RFC 8314 section 7.3).</summary>
    public static TlsMode UsualOf(DestinationConfiguration server) => server.Port == SubmissionsPort ? TlsMode.Implicit : TlsMode.Required;

    /// <summary>A failed verification is what the operator accepts there (RFC 7435).</summary>
    public bool MustVerify => Tls is TlsMode.Required or TlsMode.Implicit;

    public VerifyConfiguration Verify => new(VerifyMode.Pkix, Name, CaFile, WasWritten: true);
}
