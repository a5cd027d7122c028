using System.Net;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>One step on a connection, how long it took and what came of it.</summary>
sealed record ProbeStep(string Name, TimeSpan Duration, string Result);

/// <summary>What one connection to a server has shown, as far as it came.</summary>
sealed class Observation
{
    readonly List<ProbeStep> _steps = [];

    /// <summary>The address that answered, or the last one that did not.</summary>
    public EndPoint? Address { get; set; }

    /// <summary>Why there is no connection; null when there is one.</summary>
    public DialResult? NotDialled { get; set; }

    public SeenReply? Greeting { get; set; }

    /// <summary>The answer to EHLO, or HELO, outside TLS.</summary>
    public SeenReply? Clear { get; set; }

    /// <summary>The answer to EHLO, or HELO, inside TLS.</summary>
    public SeenReply? Encrypted { get; set; }

    /// <summary>The server refused EHLO, and was asked by HELO.</summary>
    public bool HeloOnly { get; set; }

    public SeenReply? StartTls { get; set; }

    /// <summary>Octets came behind the EHLO answer that nobody had asked for (rule 4.3).</summary>
    public bool OctetsBehindEhlo { get; set; }

    /// <summary>Octets in clear came behind the 220 to STARTTLS (rule 4.3; NO STARTTLS, 2021).</summary>
    public bool OctetsBehindStartTls { get; set; }

    public HandshakeResult? Handshake { get; set; }

    /// <summary>Why the talk ended before its end.</summary>
    public TalkFailure Failure { get; set; }

    /// <summary>At which step.</summary>
    public string FailedAt { get; set; } = "";

    /// <summary>What a server said that speaks no SMTP, as far as it can be shown.</summary>
    public string Nonsense { get; set; } = "";

    public IReadOnlyList<ProbeStep> Steps => _steps;

    public bool IsEncrypted => Handshake is { Succeeded: true };

    public void Add(ProbeStep step) => _steps.Add(step);
}
