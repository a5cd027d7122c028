namespace SmtpTlsProxy.Protocol;

/// <summary>The first line of a run of octets.</summary>
public readonly ref struct Line
{
    /// <summary>How it ends.</summary>
    public LineEnd End { get; init; }

    /// <summary>The line without its end; empty unless it has one.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>How many octets it takes with its end; 0 unless it has one.</summary>
    public int Length { get; init; }
}
