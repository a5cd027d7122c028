using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>What the log is told. Nothing here comes from a peer but what TLS agreed on, and that is on a closed list of OpenSSL's.</summary>
sealed partial class SessionRecord
{
    static readonly string[] _handshakes = Labels.Of<HandshakeOutcome>();
    static readonly string[] _outcomes = Labels.Of<MessageOutcome>();
    static readonly string[] _connects = Labels.Of<ConnectResult>();
    static readonly string[] _kinds = Labels.Of<Violation>();
    static readonly string[] _clientSecurities = Labels.Of<ClientSecurity>();
    static readonly string[] _upstreamSecurities = Labels.Of<UpstreamSecurity>();

    SessionLine Line(EndReason why, TimeSpan duration) => new()
    {
        Session = _id,
        Listener = _listener.Name,
        Upstream = _upstream.Name,
        Destination = _destination,
        Client = _client,
        End = Labels.Ends[(int)why],
        Milliseconds = (long)duration.TotalMilliseconds,
        ClientSecurity = _clientSecurities[(int)ClientSecurity],
        ClientTls = Agreed(_clientTls?.Version),
        ClientCipher = Agreed(_clientTls?.Cipher),
        ClientHandshake = Result(_clientTls),
        UpstreamSecurity = _upstreamSecurities[(int)UpstreamSecurity],
        UpstreamTls = Agreed(_upstreamTls?.Version),
        UpstreamCipher = Agreed(_upstreamTls?.Cipher),
        UpstreamHandshake = Result(_upstreamTls),
        Messages = _messages,
        Accepted = _accepted,
        Violations = _violations,
        Violation = _firstViolation is { } kind ? _kinds[(int)kind] : null,
        Reply = _spoken is { } words ? $"{words.Code} {words.Reason}" : null,
        Bytes = _bytes,
        ClientVerdict = _clientTls?.Verdict,
        ClientName = _clientTls?.PeerName,
        ClientFailure = Agreed(_clientTls?.Detail),
        UpstreamVerdict = _upstreamTls?.Verdict,
        Connect = _connect is { } how ? _connects[(int)how] : null,
        Retries = _retries,
    };

    MessageLine Line(MessageOutcome outcome, long size, TimeSpan duration) => new()
    {
        Session = _id,
        Listener = _listener.Name,
        Upstream = _upstream.Name,
        Destination = _destination,
        Client = _client,
        Outcome = _outcomes[(int)outcome],
        Size = size,
        Milliseconds = (long)duration.TotalMilliseconds,
        ClientSecurity = _clientSecurities[(int)ClientSecurity],
        UpstreamSecurity = _upstreamSecurities[(int)UpstreamSecurity],
    };

    static string? Agreed(string? word) => word is "" ? null : word;

    static string? Result(HandshakeResult? tls) => tls is null ? null : _handshakes[(int)tls.Outcome];
}
