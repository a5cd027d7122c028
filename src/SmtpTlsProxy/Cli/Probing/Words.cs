using SmtpTlsProxy.Transport.OpenSsl;
using SmtpTlsProxy.Upstream;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Words for what went wrong.</summary>
static class Words
{
    /// <summary>A loop warns of what makes a proxy's sessions wait; here nobody waits but who asked. Faults are told.</summary>
    public static Action<string> FaultsOnly(Action<string> warn) => message =>
    {
        if (message.StartsWith("fault", StringComparison.Ordinal))
            warn(message);
    };

    public static string Of(TalkFailure failure) => failure switch
    {
        TalkFailure.Timeout => "no answer in time",
        TalkFailure.NotSmtp => "what came is no SMTP reply",
        TalkFailure.Lost => "the server ended the connection",
        _ => "interrupted",
    };

    /// <summary>A verdict's word in reports and labels.</summary>
    public static string Of(HandshakeOutcome outcome) => outcome switch
    {
        HandshakeOutcome.Ok => "ok",
        HandshakeOutcome.Untrusted => "untrusted",
        HandshakeOutcome.Expired => "expired",
        HandshakeOutcome.Name => "name",
        HandshakeOutcome.Pin => "pin",
        HandshakeOutcome.Revoked => "revoked",
        HandshakeOutcome.Timeout => "timeout",
        HandshakeOutcome.Closed => "closed",
        _ => "protocol",
    };
}
