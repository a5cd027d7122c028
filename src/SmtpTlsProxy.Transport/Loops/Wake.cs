namespace SmtpTlsProxy.Transport.Loops;

/// <summary>Why a waiter was woken; several reasons may come together. A timer is only told when no octets came in the same turn.</summary>
public readonly record struct Wake
{
    [Flags]
    internal enum Flags : byte
    {
        Start = 1,
        Octets = 2,
        Timer = 4,
        Drain = 8,
        Post = 16,
        Abort = 32,
    }

    internal Wake(Flags flags) => Reasons = flags;

    internal Flags Reasons { get; }

    /// <summary>Not a wake at all: the first step.</summary>
    public static Wake Start => new(Flags.Start);

    /// <summary>The first step.</summary>
    public bool IsStart => (Reasons & Flags.Start) != 0;

    /// <summary>A leg has become readable or writable, or has ended.</summary>
    public bool HasOctets => (Reasons & Flags.Octets) != 0;

    /// <summary>The deadline has passed.</summary>
    public bool IsTimer => (Reasons & Flags.Timer) != 0;

    /// <summary>The process drains. Sticky: every later wake says so too.</summary>
    public bool IsDrain => (Reasons & Flags.Drain) != 0;

    /// <summary>Foreign work was completed.</summary>
    public bool IsPost => (Reasons & Flags.Post) != 0;

    /// <summary>The session is to end at once. Sticky.</summary>
    public bool IsAbort => (Reasons & Flags.Abort) != 0;
}
