namespace SmtpTlsProxy.Tests.Shared;

/// <summary>One condition of the dialogue, written down: who says what, and what each must hear. The language is described in tests/README.md.</summary>
sealed record Transcript
{
    /// <summary>Folder and condition: <c>3-client-tls/plaintext_behind_starttls_is_refused</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The rules that it shows.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    public Keys Listener { get; init; } = Keys.None;

    public Keys Upstream { get; init; } = Keys.None;

    /// <summary>Keys above listeners and upstreams; a process has them once.</summary>
    public Keys Proxy { get; init; } = Keys.None;

    /// <summary>How the client's and the server's octets may be cut: <c>any</c>, or <c>whole</c> where what arrives together is the point.</summary>
    public bool MayBeCut { get; init; } = true;

    /// <summary>What becomes of the dial.</summary>
    public Dial Dial { get; init; }

    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>A clock that the test moves.</summary>
    public bool NeedsTime => Steps.Any(step => step is Step.Time) || Dial == Dial.Silent;

    /// <summary>A process of its own: it ends with the transcript, or has keys of its own.</summary>
    public bool NeedsProcess => Steps.Any(step => step is Step.Drain) || !Proxy.IsEmpty;

    /// <summary>ALPN, which only .NET's TLS can play, and what lies before the session: a balancer's header.</summary>
    public bool NeedsSockets => Listener.Has("proxyProtocol.from") || Steps.Any(step => step is Step.Handshake { Alpn: not null });

    public override string ToString() => Name;
}

/// <summary>What a server does when it is dialled.</summary>
enum Dial
{
    /// <summary>Takes the connection.</summary>
    Accepted,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>Nobody answers.</summary>
    Silent,
}

/// <summary>Whose end.</summary>
enum Side
{
    Client,
    Upstream,
}
