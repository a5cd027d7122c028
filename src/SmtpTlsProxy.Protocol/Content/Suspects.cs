using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SmtpTlsProxy.Protocol;

/// <summary>One pass over clean content: lines that end in CRLF and begin with neither a dot nor a NUL hold it up nowhere.</summary>
static class Suspects
{
    /// <summary>
    /// The first index at or behind <paramref name="from"/> (at least 1) whose octet, seen with the one before it, needs a second look: an LF
    /// without its CR, another octet behind a CR, a dot or a NUL behind an LF. The length if there is none.
    /// </summary>
    public static int First(ReadOnlySpan<byte> content, int from)
    {
        int index = from;
        ref byte first = ref MemoryMarshal.GetReference(content);
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<byte> lf = Vector128.Create((byte)'\n'), cr = Vector128.Create((byte)'\r'), dot = Vector128.Create((byte)'.');
            for (; index <= content.Length - Vector128<byte>.Count; index += Vector128<byte>.Count)
            {
                Vector128<byte> here = Vector128.LoadUnsafe(ref first, (nuint)index);
                Vector128<byte> before = Vector128.LoadUnsafe(ref first, (nuint)index - 1);
                Vector128<byte> bare = Vector128.Equals(here, lf) ^ Vector128.Equals(before, cr);
                Vector128<byte> lead = (Vector128.Equals(here, dot) | Vector128.Equals(here, Vector128<byte>.Zero)) & Vector128.Equals(before, lf);
                uint hits = (bare | lead).ExtractMostSignificantBits();
                if (hits != 0)
                    return index + System.Numerics.BitOperations.TrailingZeroCount(hits);
            }
        }
        while (index < content.Length && !IsSuspect(content[index - 1], content[index]))
            index++;
        return index;
    }

    static bool IsSuspect(byte before, byte here) => here == '\n' != (before == '\r') || (before == '\n' && here is (byte)'.' or 0);
}
