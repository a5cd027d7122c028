namespace SmtpTlsProxy.Protocol;

/// <summary>Why a session ended: the <c>end</c> label of <c>sessions_total</c>, a closed list.</summary>
public enum EndReason : byte
{
    /// <summary>The session has not ended.</summary>
    None,

    /// <summary>QUIT was answered, or both sides left at a command boundary.</summary>
    Quit,

    /// <summary>The client was lost: reset, truncated, or gone inside a transaction or a handshake.</summary>
    ClientLost,

    /// <summary>The upstream was lost: end, reset, or not SMTP.</summary>
    UpstreamLost,

    /// <summary>A timer fired.</summary>
    Timeout,

    /// <summary>Policy forbade going on.</summary>
    Policy,

    /// <summary>A cap was reached.</summary>
    Limit,

    /// <summary>No upstream connection could be had or made safe.</summary>
    NoUpstream,

    /// <summary>A peer broke the protocol in a way that cannot be answered otherwise.</summary>
    Violation,

    /// <summary>The process is draining.</summary>
    Drain,

    /// <summary>The peer connected, said nothing and left: a balancer's check.</summary>
    Empty,

    /// <summary>A bug of ours ended the session.</summary>
    Fault,
}

/// <summary>How the upstream leg is left.</summary>
public enum UpstreamParting : byte
{
    /// <summary>QUIT, a short wait for its reply, an orderly close: an idle upstream.</summary>
    Quit,

    /// <summary>An orderly close without QUIT: QUIT was already said, the upstream has ended, or a transaction without content is open.</summary>
    Close,

    /// <summary>RST: no dot, no LAST, no QUIT, no close_notify. Half a message is never delivered (rule 5.5).</summary>
    Abort,
}

/// <summary>How a session ends: the reason, what the client still hears, and how the upstream is left.</summary>
public readonly record struct SessionEnd
{
    /// <summary>The session goes on.</summary>
    public static SessionEnd None => default;

    /// <summary>Why; <see cref="EndReason.None"/> while the session goes on.</summary>
    public EndReason Reason { get; init; }

    /// <summary>The last words to the client, or null for none (its replies are out already, or nobody listens).</summary>
    public OwnReply? LastReply { get; init; }

    /// <summary>How the upstream is left.</summary>
    public UpstreamParting Upstream { get; init; }

    /// <summary>The client's socket is dead or must not be written to any more: it is reset, not closed.</summary>
    public bool ClientIsGone { get; init; }

    /// <summary>True once the session is over.</summary>
    public bool IsEnd => Reason != EndReason.None;

    /// <summary>The upstream is reset before anything else is done.</summary>
    public bool CutsUpstream => Upstream == UpstreamParting.Abort;
}
