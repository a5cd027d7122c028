namespace SmtpTlsProxy.Protocol;

/// <summary>The four TLS modes, the same words on either leg.</summary>
public enum TlsMode : byte
{
    /// <summary>No TLS.</summary>
    None,

    /// <summary>STARTTLS is offered or taken where offered (RFC 7435).</summary>
    Opportunistic,

    /// <summary>Nothing of a message moves before STARTTLS stands.</summary>
    Required,

    /// <summary>TLS from the first octet (RFC 8314).</summary>
    Implicit,
}

/// <summary>What a listener does with a CR or LF that stands alone (rule 5.2).</summary>
public enum BareNewlines : byte
{
    /// <summary>A bare LF becomes CRLF, a stray CR a space; the end of data stays the client's own.</summary>
    Normalize,

    /// <summary>The message is refused with 550 5.6.0.</summary>
    Reject,

    /// <summary>LF "." LF ends data too, for local applications.</summary>
    Accept,

    /// <summary>Content passes as it is; an explicit choice.</summary>
    Pass,
}

/// <summary>What happens to a client that talks before the greeting (rule 2.11).</summary>
public enum EarlyTalkers : byte
{
    /// <summary>Its octets wait until the greeting is out; counted.</summary>
    Wait,

    /// <summary>554 5.5.1 and close.</summary>
    Refuse,
}

/// <summary>A server's known misbehaviour that an operator asks the proxy to bear.</summary>
[Flags]
public enum Quirks : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A second EHLO on a connection is refused or confuses the server.</summary>
    SingleEhlo = 1,

    /// <summary>The server knows HELO only.</summary>
    HeloOnly = 2,

    /// <summary>The server takes long to greet: it has the time of a reply for it, instead of <c>upstreamReady</c>.</summary>
    SlowGreeting = 4,

    /// <summary>The server ends its lines with a bare LF.</summary>
    LfReplies = 8,

    /// <summary>The server does not bear RSET outside a transaction: it gets NOOP there.</summary>
    NoRset = 16,
}

/// <summary>Rules that count and log instead of refusing, while an operator tries them out.</summary>
[Flags]
public enum ReportOnly : byte
{
    /// <summary>Every rule is enforced.</summary>
    None = 0,

    /// <summary>TLS required on a leg.</summary>
    Required = 1,

    /// <summary>Verification of an upstream.</summary>
    Verification = 2,

    /// <summary>Bare CR and LF.</summary>
    BareNewlines = 4,

    /// <summary>The ratchet.</summary>
    Ratchet = 8,

    /// <summary>ALPN.</summary>
    Alpn = 16,

    /// <summary>Early talkers.</summary>
    EarlyTalkers = 32,
}

/// <summary>What one listener and its upstream ask of the dialogue. Immutable; made once for a configuration, shared by its sessions.</summary>
public sealed record Rules
{
    /// <summary>The name in our own greeting: an FQDN or an address literal.</summary>
    public string Hostname
    {
        get;
        init => (field, Greeting) = (value, OwnReplies.Greeting(value));
    } = "[127.0.0.1]";

    /// <summary>Our own greeting (rule 4.2): <c>220 hostname ESMTP</c>.</summary>
    public OwnReply Greeting { get; private init; } = OwnReplies.Greeting("[127.0.0.1]");

    /// <summary>The client leg's mode.</summary>
    public TlsMode ClientTls { get; init; }

    /// <summary>A certificate can be used now: otherwise STARTTLS is answered 454 4.7.0 (rule 3.2).</summary>
    public bool HasCertificate { get; init; }

    /// <summary>AUTH may pass on a clear client leg (<c>authInClear</c>, already decided for this listener).</summary>
    public bool AuthInClear { get; init; }

    /// <summary>What to do with bare CR and LF.</summary>
    public BareNewlines BareNewlines { get; init; }

    /// <summary>What to do with early talkers.</summary>
    public EarlyTalkers EarlyTalkers { get; init; }

    /// <summary>Lowers the SIZE that the server offers; null: the server's own. Octets.</summary>
    public long? MaxMessageSize { get; init; }

    /// <summary>Replaces the argument of the client's EHLO and HELO; null: the client's own (rule 1.2).</summary>
    public string? Helo
    {
        get;
        init
        {
            field = value;
            EhloLine = value is null ? null : System.Text.Encoding.ASCII.GetBytes($"EHLO {value}\r\n");
            HeloLine = value is null ? null : System.Text.Encoding.ASCII.GetBytes($"HELO {value}\r\n");
        }
    }

    /// <summary>The whole EHLO line under <see cref="Helo"/>.</summary>
    internal byte[]? EhloLine { get; private init; }

    /// <summary>The whole HELO line under <see cref="Helo"/>.</summary>
    internal byte[]? HeloLine { get; private init; }

    /// <summary>The longest command line with its CRLF, in octets (rule 2.3).</summary>
    public int CommandLine { get; init; } = 8192;

    /// <summary>Bad commands borne before 421 4.7.0 (rule 6.2).</summary>
    public int BadCommands { get; init; } = 20;

    /// <summary>The upstream's quirks.</summary>
    public Quirks Quirks { get; init; }

    /// <summary>Rules that only count.</summary>
    public ReportOnly ReportOnly { get; init; }
}
