using System.Buffers;

namespace SmtpTlsProxy.Protocol;

/// <summary>RFC 3461 section 4: any octet as printable US-ASCII without <c>+</c> and <c>=</c>.</summary>
public static class Xtext
{
    static readonly SearchValues<byte> Plain = SearchValues.Create(
        "!\"#$%&'()*,-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>Encodes all of <paramref name="value"/>; false if it does not fit.</summary>
    public static bool TryEncode(ReadOnlySpan<byte> value, Span<byte> into, out int written)
    {
        written = 0;
        foreach (byte octet in value)
        {
            int needed = Plain.Contains(octet) ? 1 : 3;
            if (into.Length - written < needed)
                return false;
            if (needed == 1)
                into[written] = octet;
            else
                Hex(octet, into[written..]);
            written += needed;
        }
        return true;
    }

    static void Hex(byte octet, Span<byte> into)
    {
        into[0] = (byte)'+';
        into[1] = "0123456789ABCDEF"u8[octet >> 4];
        into[2] = "0123456789ABCDEF"u8[octet & 15];
    }
}
