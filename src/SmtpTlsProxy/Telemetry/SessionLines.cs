namespace SmtpTlsProxy.Telemetry;

/// <summary>What is told of a session when it has ended; null for what did not come to pass.</summary>
readonly record struct SessionLine
{
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
}

/// <summary>What is told of a message when it has ended.</summary>
readonly record struct MessageLine
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
}
