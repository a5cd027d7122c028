using System.Security.Authentication;
using SmtpTlsProxy.Tests.Shared;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>How a scripted server behaves; by itself it is as it should be.</summary>
sealed record MailServerWays
{
    public const string Name = "mail.test";

    public string Greeting { get; init; } = "220 mail.test ESMTP";
    public bool Implicit { get; init; }

    /// <summary>What EHLO offers, outside and inside TLS; null: EHLO is refused.</summary>
    public string[]? Clear { get; init; } = ["PIPELINING", "STARTTLS"];
    public string[]? Inside { get; init; } = ["PIPELINING", "AUTH PLAIN LOGIN"];

    public string StartTls { get; init; } = "220 2.0.0 Go ahead";
    public string BehindEhlo { get; init; } = "";
    public string BehindStartTls { get; init; } = "";
    public TlsCertificate Certificate { get; init; } = TestCertificates.Shared.For(Name);
    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Ends the connection where the handshake should begin.</summary>
    public bool CutsHandshake { get; init; }

    /// <summary>Answers no ClientHello.</summary>
    public bool IsDeafToHandshake { get; init; }

    /// <summary>What came in one segment with STARTTLS is executed inside TLS.</summary>
    public bool IsInjectable { get; init; }

    /// <summary>A bare LF ends a command.</summary>
    public bool TakesBareNewlines { get; init; } = true;

    /// <summary>DATA is taken without a recipient.</summary>
    public bool TakesDataWithoutRecipient { get; init; }

    /// <summary>What ends a message beside the true end.</summary>
    public string? FalseEnd { get; init; }

    /// <summary>Takes recipients of other domains.</summary>
    public bool Relays { get; init; }
}
