using System.Buffers;
using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>
/// One capability line taken apart. Read as the sloppiest client would: blanks in front do not count, and the keyword ends at the first
/// octet that cannot be part of one (<c>AUTH=LOGIN</c>).
/// </summary>
readonly ref struct EhloCapability
{
    static readonly SearchValues<byte> KeywordOctets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    readonly int _behindKeyword;

    public EhloCapability(ReadOnlySpan<byte> text)
    {
        Text = text;
        int start = text.IndexOfAnyExcept((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> word = start < 0 ? [] : text[start..];
        int length = word.IndexOfAnyExcept(KeywordOctets);
        Keyword = length < 0 ? word : word[..length];
        _behindKeyword = Math.Max(start, 0) + Keyword.Length;
    }

    /// <summary>The whole line, as it came.</summary>
    public ReadOnlySpan<byte> Text { get; }

    public ReadOnlySpan<byte> Keyword { get; }

    /// <summary>Everything through the one separator behind the keyword.</summary>
    public ReadOnlySpan<byte> Head => Text[..Math.Min(_behindKeyword + 1, Text.Length)];

    /// <summary>Everything behind that separator, without blanks around.</summary>
    public ReadOnlySpan<byte> Parameters => Text[Head.Length..].Trim(" \t"u8);

    public bool Is(ReadOnlySpan<byte> keyword) => Ascii.EqualsIgnoreCase(Keyword, keyword);
}
