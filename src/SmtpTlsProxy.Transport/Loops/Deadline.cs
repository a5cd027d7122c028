namespace SmtpTlsProxy.Transport.Loops;

/// <summary>An absolute point in the loop's own time (<see cref="TimeProvider.GetTimestamp"/> ticks), or never.</summary>
public readonly record struct Deadline : IComparable<Deadline>
{
    readonly long _timestamp;

    Deadline(long timestamp) => _timestamp = timestamp;

    /// <summary>Never.</summary>
    public static Deadline Never => default;

    /// <summary>True for <see cref="Never"/>.</summary>
    public bool IsNever => _timestamp == 0;

    /// <summary>The timestamp; <see cref="long.MaxValue"/> for never.</summary>
    public long Timestamp => _timestamp == 0 ? long.MaxValue : _timestamp;

    /// <summary>A deadline at a timestamp.</summary>
    public static Deadline At(long timestamp) => new(timestamp == 0 ? 1 : timestamp);

    /// <summary>The earlier of two.</summary>
    public static Deadline Earlier(Deadline a, Deadline b) => a.CompareTo(b) <= 0 ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Deadline other) => Timestamp.CompareTo(other.Timestamp);
}
