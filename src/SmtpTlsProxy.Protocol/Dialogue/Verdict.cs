namespace SmtpTlsProxy.Protocol;

/// <summary>What the relay is to do next.</summary>
public enum VerdictKind : byte
{
    /// <summary>Nothing to do until octets, a timer, drain or a post comes.</summary>
    Wait,

    /// <summary>The step's budget is spent and more is at hand: let others run, then go on.</summary>
    Again,

    /// <summary>It is STARTTLS's turn: every earlier reply has been handed to the client leg (RFC 3207).</summary>
    Upgrade,

    /// <summary>The session ends as <see cref="Verdict.End"/> says.</summary>
    Close,
}

/// <summary>The outcome of one step of the relay or one octet run of the dialogue.</summary>
public readonly record struct Verdict
{
    Verdict(VerdictKind kind, SessionEnd end) => (Kind, End) = (kind, end);

    /// <summary>Nothing final: wait.</summary>
    public static Verdict Wait => default;

    /// <summary>Nothing final: requeue, then step again.</summary>
    public static Verdict Again => new(VerdictKind.Again, default);

    /// <summary>The client leg is to be upgraded now.</summary>
    public static Verdict Upgrade => new(VerdictKind.Upgrade, default);

    /// <summary>What is to be done.</summary>
    public VerdictKind Kind { get; }

    /// <summary>How the session ends; meaningful for <see cref="VerdictKind.Close"/> only.</summary>
    public SessionEnd End { get; }

    /// <summary>True for <see cref="VerdictKind.Upgrade"/> and <see cref="VerdictKind.Close"/>: the session acts.</summary>
    public bool IsFinal => Kind >= VerdictKind.Upgrade;

    /// <summary>The session ends with <paramref name="end"/>.</summary>
    public static Verdict Close(SessionEnd end) => new(VerdictKind.Close, end);
}
