using System.Buffers.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>Counts the octets of one BDAT chunk; they are never scanned or changed (rule 2.5). A mutable struct.</summary>
public struct ChunkCounter(long size, bool last)
{
    /// <summary>Octets of the chunk still to come.</summary>
    public long Remaining { get; private set; } = size;

    /// <summary>This is the message's last chunk.</summary>
    public bool Last { get; } = last;

    /// <summary>The whole chunk has been taken.</summary>
    public readonly bool IsDone => Remaining == 0;

    /// <summary>Takes as many of the octets at hand as belong to the chunk, and says how many.</summary>
    public int Take(int available)
    {
        int taken = (int)Math.Min(available, Remaining);
        Remaining -= taken;
        return taken;
    }

    /// <summary>
    /// Reads <c>digits [SP LAST]</c>, 63 bits (RFC 3030 section 2): what stands behind <c>BDAT SP</c>, without the line end. When false,
    /// nobody knows where the chunk ends.
    /// </summary>
    public static bool TryParseBdat(ReadOnlySpan<byte> argument, out long size, out bool last)
    {
        last = false;
        // Utf8Parser would take a sign; a digit must come first.
        if (argument.IsEmpty || !char.IsAsciiDigit((char)argument[0]) || !Utf8Parser.TryParse(argument, out size, out int digits))
        {
            size = 0;
            return false;
        }
        last = System.Text.Ascii.EqualsIgnoreCase(argument[digits..], " LAST"u8);
        return last || digits == argument.Length;
    }
}
