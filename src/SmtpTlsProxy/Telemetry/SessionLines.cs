using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>What is told of a session when it has ended; null for what did not come to pass.</summary>
sealed class SessionLine : SummaryLine
{
    static readonly string[] _verdicts = Labels.Of<HandshakeOutcome>();

    public required string Session { get; init; }
    public required string Listener { get; init; }
    public required string Upstream { get; init; }
    public string? Destination { get; init; }
    public required string Client { get; init; }
    public required string End { get; init; }
    public long Milliseconds { get; init; }
    public required string ClientSecurity { get; init; }
    public string? ClientTls { get; init; }
    public string? ClientCipher { get; init; }

    /// <summary>The last handshake's result, told also where it failed.</summary>
    public string? ClientHandshake { get; init; }

    public required string UpstreamSecurity { get; init; }
    public string? UpstreamTls { get; init; }
    public string? UpstreamCipher { get; init; }
    public string? UpstreamHandshake { get; init; }
    public int Messages { get; init; }
    public int Accepted { get; init; }
    public int Violations { get; init; }

    /// <summary>The first violation's kind.</summary>
    public string? Violation { get; init; }

    /// <summary>Our own last reply: its code and its reason word, never its text.</summary>
    public string? Reply { get; init; }

    public SessionBytes Bytes { get; init; }

    /// <summary>What the policy found of the server's certificate, also where it is not enforced; its reason is in our own words or OpenSSL's.</summary>
    public Verdict? UpstreamVerdict { get; init; }

    /// <summary>What was found of the client's certificate, where it showed one.</summary>
    public Verdict? ClientVerdict { get; init; }

    /// <summary>Whom a good certificate of the client's names.</summary>
    public string? ClientName { get; init; }

    /// <summary>Why the client leg's handshake failed, in OpenSSL's words or ours.</summary>
    public string? ClientFailure { get; init; }

    /// <summary>How the last attempt at a destination ended: the words of <c>upstream_connects_total</c>.</summary>
    public string? Connect { get; init; }

    /// <summary>Attempts before it.</summary>
    public int Retries { get; init; }

    public override void Tell(LineFields fields)
    {
        fields.Field("session", Session);
        fields.Field("listener", Listener);
        fields.Field("upstream", Upstream);
        fields.Field("destination", Destination);
        fields.Field("client", Client);
        fields.Field("end", End);
        fields.Field("duration_ms", Milliseconds);
        fields.Field("client_security", ClientSecurity);
        fields.Field("client_tls", ClientTls);
        fields.Field("client_cipher", ClientCipher);
        fields.Field("client_handshake", ClientHandshake);
        fields.Field("upstream_security", UpstreamSecurity);
        fields.Field("upstream_tls", UpstreamTls);
        fields.Field("upstream_cipher", UpstreamCipher);
        fields.Field("upstream_handshake", UpstreamHandshake);
        fields.Field("messages", Messages);
        fields.Field("accepted", Accepted);
        fields.Field("violations", Violations);
        fields.Field("violation", Violation);
        fields.Field("reply", Reply);
        fields.Field("client_in", Bytes.ClientIn);
        fields.Field("client_out", Bytes.ClientOut);
        fields.Field("upstream_in", Bytes.UpstreamIn);
        fields.Field("upstream_out", Bytes.UpstreamOut);
        fields.Field("upstream_verdict", UpstreamVerdict is { } verdict ? _verdicts[(int)verdict.Result] : null);
        fields.Field("upstream_verdict_reason", UpstreamVerdict is { } why ? $"{why.Rule}: {why.Reason}" : null);
        fields.Field("client_verdict", ClientVerdict is { } found ? _verdicts[(int)found.Result] : null);
        fields.Field("client_verdict_reason", ClientVerdict is { } cause ? $"{cause.Rule}: {cause.Reason}" : null);
        fields.Field("client_certificate", ClientName);
        fields.Field("client_handshake_reason", ClientFailure);
        fields.Field("upstream_connect", Connect);
        fields.Field("upstream_retries", Retries);
    }
}

/// <summary>What is told of a message when it has ended.</summary>
sealed class MessageLine : SummaryLine
{
    public required string Session { get; init; }
    public required string Listener { get; init; }
    public required string Upstream { get; init; }
    public string? Destination { get; init; }
    public required string Client { get; init; }
    public required string Outcome { get; init; }
    public long Size { get; init; }
    public long Milliseconds { get; init; }
    public required string ClientSecurity { get; init; }
    public required string UpstreamSecurity { get; init; }

    public override void Tell(LineFields fields)
    {
        fields.Field("session", Session);
        fields.Field("listener", Listener);
        fields.Field("upstream", Upstream);
        fields.Field("destination", Destination);
        fields.Field("client", Client);
        fields.Field("outcome", Outcome);
        fields.Field("size", Size);
        fields.Field("duration_ms", Milliseconds);
        fields.Field("client_security", ClientSecurity);
        fields.Field("upstream_security", UpstreamSecurity);
    }
}
