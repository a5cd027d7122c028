using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>Text chosen by a peer that may be told to a server (rule 6.8).</summary>
static class CleanText
{
    /// <summary>Not empty, no control octet, no half a character: no honest name has one, and some server would act on it.</summary>
    public static bool Is(string value) => value.Length > 0 && value.EnumerateRunes().All(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar);
}
