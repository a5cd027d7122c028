using System.Text;

namespace SmtpTlsProxy.Cli.Probing;

/// <summary>A stranger's octets for a terminal: nothing in them moves a cursor or rings a bell, and nothing is endless.</summary>
static class Printable
{
    const int Longest = 500;

    public static string Of(ReadOnlySpan<byte> octets)
    {
        StringBuilder text = new();
        foreach (byte octet in octets[..Math.Min(octets.Length, Longest)])
            Append(text, (char)octet);
        return text.Append(octets.Length > Longest ? "…" : "").ToString();
    }

    /// <summary>Names in certificates may be of any script; only what controls is shown as its number.</summary>
    public static string Of(string said)
    {
        StringBuilder text = new();
        foreach (Rune rune in said.EnumerateRunes().Take(Longest))
            text.Append(IsHarmless(rune) ? rune.ToString() : $"\\u{rune.Value:x4}");
        return text.Append(said.Length > Longest ? "…" : "").ToString();
    }

    static void Append(StringBuilder text, char octet) => text.Append(octet is >= ' ' and <= '~' ? octet.ToString() : $"\\x{(int)octet:x2}");

    static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate
        or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator);
}
