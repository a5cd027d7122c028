namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Everything the proxy ever says for itself (rule 1.1). The second argument of each is its <c>reason</c> label, out of a closed list; one
/// reason may have several codes.
/// </summary>
public static class OwnReplies
{
    // In a dialogue.

    /// <summary>3.3: the session writes it when STARTTLS's turn has come.</summary>
    public static readonly OwnReply ReadyToStartTls = new(220, "starttls", "2.0.0 Ready to start TLS");

    /// <summary>6.7: QUIT, when the upstream does not answer it.</summary>
    public static readonly OwnReply Goodbye = new(221, "quit", "2.0.0 Goodbye");

    /// <summary>3.1, in the words of RFC 3207 section 4.</summary>
    public static readonly OwnReply MustStartTls = new(530, "tls_required", "5.7.0 Must issue a STARTTLS command first");

    /// <summary>3.2.</summary>
    public static readonly OwnReply NoCertificate = new(454, "tls_unavailable", "4.7.0 TLS not available due to temporary reason");

    /// <summary>3.2.</summary>
    public static readonly OwnReply StartTlsParameter = new(501, "syntax", "5.5.4 Syntax error (no parameters allowed)");

    /// <summary>3.2.</summary>
    public static readonly OwnReply StartTlsAfterAuth = new(503, "sequence", "5.5.1 STARTTLS is not allowed after AUTH");

    /// <summary>2.8.</summary>
    public static readonly OwnReply AlreadyTls = new(503, "sequence", "5.5.1 TLS is already active");

    /// <summary>2.8.</summary>
    public static readonly OwnReply StartTlsNotOffered = new(502, "hidden", "5.5.1 STARTTLS is not offered");

    /// <summary>3.3: plaintext waits behind STARTTLS.</summary>
    public static readonly OwnReply StartTlsInjection = new(503, "injection", "5.5.1 Commands must not follow STARTTLS before TLS is active");

    /// <summary>3.4.</summary>
    public static readonly OwnReply HelloFirst = new(503, "sequence", "5.5.1 Send EHLO first");

    /// <summary>1.5.</summary>
    public static readonly OwnReply NoLmtp = new(500, "hidden", "5.5.1 LMTP is not spoken here");

    /// <summary>2.8: a command of a hidden extension.</summary>
    public static readonly OwnReply NotOffered = new(502, "hidden", "5.5.1 Command not offered");

    /// <summary>2.8, 1.3: a MAIL parameter of a hidden extension.</summary>
    public static readonly OwnReply ParameterNotOffered = new(555, "hidden", "5.5.4 Parameter not offered");

    /// <summary>2.8: a SASL mechanism that was removed.</summary>
    public static readonly OwnReply MechanismNotOffered = new(504, "hidden", "5.5.4 Mechanism not offered");

    /// <summary>2.8, 4.4 (RFC 4954 section 6).</summary>
    public static readonly OwnReply AuthNeedsTls = new(538, "auth_security", "5.7.11 Encryption required for authentication");

    /// <summary>2.5: BDAT where CHUNKING was not offered.</summary>
    public static readonly OwnReply ChunkingNotOffered = new(503, "hidden", "5.5.1 CHUNKING was not offered");

    /// <summary>2.5: nobody knows where the chunk ends.</summary>
    public static readonly OwnReply ChunkSize = new(501, "syntax", "5.5.4 Chunk size cannot be read");

    /// <summary>2.9.</summary>
    public static readonly OwnReply BadSyntax = new(500, "syntax", "5.5.2 Syntax error");

    /// <summary>2.3, 2.4.</summary>
    public static readonly OwnReply LineTooLong = new(500, "syntax", "5.5.2 Line too long");

    /// <summary>2.7.</summary>
    public static readonly OwnReply NotHttp = new(554, "http", "5.5.1 This is a mail server");

    /// <summary>2.11.</summary>
    public static readonly OwnReply TalkedEarly = new(554, "early_talker", "5.5.1 Wait for the greeting");

    /// <summary>2.6: octets waited behind a refused DATA or AUTH.</summary>
    public static readonly OwnReply OctetsBehindRefusal = new(503, "behind_refusal", "5.5.1 Octets followed a command that was refused");

    /// <summary>5.2, <c>reject</c>.</summary>
    public static readonly OwnReply BareNewline = new(550, "bare_newline", "5.6.0 Message contains a bare CR or LF");

    /// <summary>5.2, <c>reject</c>: to what follows.</summary>
    public static readonly OwnReply AfterBareNewline = new(421, "bare_newline", "4.3.2 Reconnect for further messages");

    /// <summary>6.2.</summary>
    public static readonly OwnReply TooManyBadCommands = new(421, "bad_commands", "4.7.0 Too many bad commands");

    /// <summary>6.5, 5.4: the upstream was lost.</summary>
    public static readonly OwnReply UpstreamLost = new(421, "upstream_lost", "4.4.2 Connection to the server was lost");

    /// <summary>5.4: lost after the end of data and before its reply.</summary>
    public static readonly OwnReply MessageUnknown = new(451, "upstream_lost", "4.4.2 Connection to the server was lost, try again");

    /// <summary>5.6: accepted before it had gone up whole.</summary>
    public static readonly OwnReply MessageAnsweredEarly = new(451, "not_smtp", "4.5.0 Server answered before the end of the message");

    /// <summary>2.1, 2.9, 2.10, 3.6: the upstream does not speak SMTP.</summary>
    public static readonly OwnReply NotSmtp = new(421, "not_smtp", "4.5.0 Server broke the protocol");

    /// <summary>6.1.</summary>
    public static readonly OwnReply TimedOut = new(421, "timeout", "4.4.2 Timeout");

    /// <summary>6.4, 4.6.</summary>
    public static readonly OwnReply Draining = new(421, "draining", "4.3.2 Service is shutting down, try again");

    // In place of a greeting (rule 4.6).

    /// <summary>6.3: the upstream's cap is reached, or no slot is free.</summary>
    public static readonly OwnReply UpstreamFull = new(421, "full", "4.3.2 Server is busy, try again later");

    /// <summary>4.2: the server refused in the clear, which nobody may believe.</summary>
    public static readonly OwnReply UpstreamRefused = new(421, "upstream_refused", "4.3.2 Server is not available, try again later");

    /// <summary>4.6.</summary>
    public static readonly OwnReply NoConnection = new(421, "no_connection", "4.4.1 No connection to the server");

    /// <summary>4.6.</summary>
    public static readonly OwnReply NoAddress = new(421, "no_address", "4.4.3 No address for the server");

    /// <summary>4.6: lost, or <c>upstreamReady</c> or a handshake ran out of time.</summary>
    public static readonly OwnReply UpstreamTimedOut = new(421, "timeout", "4.4.2 Server did not answer in time");

    /// <summary>4.6: STARTTLS not offered or refused.</summary>
    public static readonly OwnReply NoUpstreamTls = new(421, "upstream_tls", "4.7.4 Server offers no TLS");

    /// <summary>4.6: handshake failed.</summary>
    public static readonly OwnReply UpstreamHandshakeFailed = new(421, "upstream_tls", "4.7.5 TLS handshake with the server failed");

    /// <summary>4.6: the certificate was not verified.</summary>
    public static readonly OwnReply UpstreamNotVerified = new(421, "upstream_tls", "4.7.5 Certificate of the server was not verified");

    /// <summary>4.5: the ratchet.</summary>
    public static readonly OwnReply UpstreamWeakened = new(421, "upstream_tls", "4.7.5 Server is less safe than before");

    /// <summary>4.3: plaintext behind the server's 220 to STARTTLS.</summary>
    public static readonly OwnReply UpstreamInjection = new(421, "injection", "4.7.5 Server sent octets before TLS was active");

    /// <summary>6.8: XCLIENT not offered or not answered 220.</summary>
    public static readonly OwnReply IdentityRefused = new(421, "identity", "4.3.5 Server does not take the client's identity");

    /// <summary>6.2.</summary>
    public static readonly OwnReply TooManyConnections = new(421, "limit", "4.7.0 Too many connections, try again later");

    /// <summary>A client that is not allowed here.</summary>
    public static readonly OwnReply NotAllowed = new(554, "not_allowed", "5.7.1 Client is not allowed");

    /// <summary>4.2: our own greeting, behind an upstream STARTTLS. A greeting carries no enhanced code (RFC 2034 section 3).</summary>
    public static OwnReply Greeting(string hostname) => new(220, "greeting", $"{hostname} ESMTP");
}
