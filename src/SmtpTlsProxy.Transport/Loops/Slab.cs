namespace SmtpTlsProxy.Transport.Loops;

/// <summary>A piece of native memory, rented from a loop's <see cref="Slabs"/>. The garbage collector neither moves nor scans it.</summary>
public readonly unsafe struct Slab
{
    internal Slab(byte* start, int size)
    {
        Start = start;
        Size = size;
    }

    /// <summary>No memory at all: <c>default</c>.</summary>
    public bool IsNone => Start == null;

    /// <summary>The first octet.</summary>
    public byte* Start { get; }

    /// <summary>How many octets; at least what was asked for.</summary>
    public int Size { get; }

    /// <summary>All of it.</summary>
    public Span<byte> Span => new(Start, Size);
}
