namespace SmtpTlsProxy.Benchmarks.Load;

/// <summary>TLS on the leg that the scenario is about.</summary>
enum TlsKind
{
    Implicit,
    StartTls,
}

/// <summary>What is repeated and counted.</summary>
enum Work
{
    /// <summary>Connect, full handshake, greeting, QUIT.</summary>
    Handshake,

    /// <summary>The same, resumed.</summary>
    Resumed,

    /// <summary>A whole session with one message of 4 KB.</summary>
    Session,

    /// <summary>A message of 4 KB in a session that stands, each command after the reply before.</summary>
    Message,

    /// <summary>The same with MAIL, RCPT and DATA in one group.</summary>
    Pipelined,

    /// <summary>Megabytes by DATA.</summary>
    Bulk,

    /// <summary>Megabytes by BDAT, in chunks of 256 KB.</summary>
    Chunks,

    /// <summary>Nothing: a session that has said EHLO stands.</summary>
    Idle,
}
