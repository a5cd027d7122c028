using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Tls.Ratchets;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary>One destination: what a session would meet there, and what is remembered of it.</summary>
/// <param name="Upstream">Whose it is.</param>
/// <param name="Destination">Which.</param>
/// <param name="Result">How the attempt ended.</param>
/// <param name="Seen">Step by step.</param>
/// <param name="Record">The downgrade record, this attempt included; null: none is kept.</param>
sealed record Explained(UpstreamConfiguration Upstream, DestinationConfiguration Destination, ConnectResult Result, ExplainObserver Seen, RememberedServer? Record)
{
    public bool IsServed => Result is ConnectResult.Ok;

    public SeenSecurity Now => Seen.Handshake is { } handshake ? SeenSecurity.Of(handshake) : SeenSecurity.Clear;

    /// <summary>What was lost of it that can be had under the upstream's own settings.</summary>
    public Downgrade Loss => Record?.LossWithin(Upstream.TlsSettings.Newest) ?? Downgrade.None;

    /// <summary>clear, encrypted, verified, refused or unreachable.</summary>
    public string Decision => this switch
    {
        { Seen.IsReached: false } => "unreachable",
        { IsServed: false } => "refused",
        { Now.Level: UpstreamSecurity.Verified } => "verified",
        { Now.Level: UpstreamSecurity.Unverified } => "encrypted",
        _ => "clear",
    };

    /// <summary>What a client hears instead of a greeting (rules 4.6, 6.8); null where it is greeted.</summary>
    public string? Reply => Result switch
    {
        ConnectResult.Ok => null,
        ConnectResult.StartTls => "421 4.7.4",
        ConnectResult.Tls when Seen.Handshake is { Outcome: Transport.OpenSsl.HandshakeOutcome.Timeout } => "421 4.4.2",
        ConnectResult.Tls or ConnectResult.Injection => "421 4.7.5",
        ConnectResult.Identity => "421 4.3.5",
        ConnectResult.Greeting => "421 4.3.2",
        ConnectResult.Protocol => "421 4.5.0",
        ConnectResult.Timeout or ConnectResult.Closed => "421 4.4.2",
        ConnectResult.Dns => "421 4.4.3",
        _ => "421 4.4.1",
    };

    public string Why => this switch
    {
        { Seen.IsReached: false } => Seen.Steps.Count > 0 ? Seen.Steps[^1].Result : "nothing was tried",
        { Seen.Ruled: (var rule, true) } => $"{Vocabulary.ReportOnly.WordOf(rule)} is enforced, and {What}",
        { IsServed: false } => What,
        { Seen.Ruled: (var rule, false) } => $"{What}; {Vocabulary.ReportOnly.WordOf(rule)} would refuse it, but is not enforced",
        _ => What,
    };

    /// <summary>The lines that would demand for ever what was seen; none where they would say nothing new, or would trust what was refused.</summary>
    public IReadOnlyList<string> Permanent => IsDemanded ? [] : PermanentPolicy.Lines(Upstream, Record?.Best ?? (IsServed ? Now : SeenSecurity.Clear), Pin);

    /// <summary>The configuration asks for TLS and a good certificate already.</summary>
    public bool IsDemanded => Upstream is { Tls: Protocol.TlsMode.Required or Protocol.TlsMode.Implicit, Verify.Mode: not VerifyMode.None };

    // A pin of a certificate that was refused would invite whoever showed it.
    CertificatePin? Pin => IsServed && HandshakeFacts.ChainOf(Seen.Handshake) is [var leaf, ..] ? new CertificatePin(PinOf.PublicKey, leaf.SpkiSha256) : null;

    string What => this switch
    {
        { Seen.WithoutTls: UpstreamStartTls.NotOffered } => "STARTTLS is not offered",
        { Seen.WithoutTls: UpstreamStartTls.Refused } => "STARTTLS is refused",
        { Seen.WithoutTls: UpstreamStartTls.Injection } => "octets in clear stood behind an answer before TLS",
        { Seen.Handshake: { Succeeded: false } failed } => $"the handshake failed: {(failed.Verdict is { IsGood: false } verdict ? verdict.Reason : Printable.Of(failed.Detail))}",
        { Seen.Handshake: { } stands } => $"TLS stands; the certificate is {(stands.IsVerified ? "good" : "not good")}: {HandshakeFacts.ReasonOf(stands)}",
        { Result: ConnectResult.Identity } => "the server would not be told who the client is (XCLIENT)",
        { Result: ConnectResult.Greeting } => "the server turns us away",
        { Result: ConnectResult.Protocol } => "what came is no SMTP reply",
        { Result: ConnectResult.Closed } => "the server ended the connection",
        { Result: ConnectResult.Timeout } => "no answer in time",
        _ => "nobody asked for TLS",
    };
}
