namespace SmtpTlsProxy.Protocol;

/// <summary>What became of one message, as far as the proxy can know.</summary>
public enum MessageOutcome : byte
{
    /// <summary>The upstream's final reply was 2xx and was relayed.</summary>
    Accepted,

    /// <summary>5xx.</summary>
    Rejected,

    /// <summary>4xx.</summary>
    Deferred,

    /// <summary>The client left, or the content was refused here, before its end.</summary>
    Aborted,

    /// <summary>The upstream was lost between the end of content and its reply: a duplicate is possible, a loss is not (RFC 1047).</summary>
    Unknown,
}

/// <summary>The <c>kind</c> label of <c>protocol_violations_total</c>: a closed list of at most 16.</summary>
public enum Violation : byte
{
    /// <summary>Octets behind STARTTLS, on either leg (rules 3.3, 4.3).</summary>
    StartTlsInjection,

    /// <summary>The client talked before the greeting (2.11).</summary>
    EarlyTalker,

    /// <summary>Commands behind a barrier that RFC 2920 does not allow (2.6).</summary>
    Pipelining,

    /// <summary>Octets waited behind a refused DATA or AUTH (2.6).</summary>
    BehindRefusal,

    /// <summary>An HTTP verb or header (2.7).</summary>
    Http,

    /// <summary>A TLS ClientHello on a clear port (2.7).</summary>
    TlsOnClearPort,

    /// <summary>NUL, bare CR, control octet or an ill-formed verb in a command (2.9).</summary>
    CommandOctets,

    /// <summary>A bare CR or LF in content (5.2).</summary>
    BareNewline,

    /// <summary>A line over the limit (2.3, 2.4).</summary>
    LineTooLong,

    /// <summary>A BDAT whose size cannot be read (2.5).</summary>
    BdatSyntax,

    /// <summary>A command or parameter of a hidden extension (2.8).</summary>
    HiddenExtension,

    /// <summary>Octets after 235 that are no command (2.4).</summary>
    SaslLayer,

    /// <summary>A reply that nothing asked for (2.1).</summary>
    UnexpectedReply,

    /// <summary>A reply that is not SMTP (2.10).</summary>
    ReplySyntax,

    /// <summary>A final reply before the content's end had gone (5.6).</summary>
    EarlyReply,

    /// <summary>More bad commands than borne (6.2).</summary>
    BadCommands,
}

/// <summary>How STARTTLS went on the client leg: labels of <c>listener_starttls_total</c> that the dialogue itself decides.</summary>
public enum StartTlsEvent : byte
{
    /// <summary>Plaintext stood behind STARTTLS.</summary>
    Injection,

    /// <summary>STARTTLS inside TLS.</summary>
    AlreadyTls,
}

/// <summary>
/// Hears what happens in a dialogue, for metrics and the session's summary. Called synchronously and must not allocate, block or throw;
/// nothing of content or of an argument is ever passed.
/// </summary>
public abstract class DialogueObserver
{
    /// <summary>A forwarded command was answered by the upstream with <paramref name="code"/> (0: never).</summary>
    public virtual void Answered(Verb verb, int code) { }

    /// <summary>The proxy spoke for itself.</summary>
    public virtual void SpokeForItself(OwnReply reply) { }

    /// <summary>A message ended. <paramref name="size"/>: content octets seen from the client, without the end-of-data line.</summary>
    public virtual void MessageEnded(MessageOutcome outcome, long size) { }

    /// <summary>A transaction's MAIL was accepted: a message begins.</summary>
    public virtual void MessageBegan() { }

    /// <summary>Somebody broke the protocol; <paramref name="byClient"/> names the leg.</summary>
    public virtual void Violated(Violation kind, bool byClient) { }

    /// <summary>STARTTLS on the client leg met with an obstacle.</summary>
    public virtual void StartTls(StartTlsEvent what) { }

    /// <summary>A rule of policy refused, or would have refused.</summary>
    public virtual void Policy(ReportOnly rule, bool refused) { }

    /// <summary>Mechanisms were hidden that the server offered (rule 1.3): a downgrade that we cause.</summary>
    public virtual void MechanismsHidden() { }
}
