using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>Which SASL mechanisms survive a hop that terminates TLS (rule 1.3).</summary>
static class AuthMechanisms
{
    /// <summary>
    /// The server's own list has a SCRAM with channel binding: a capable client would then send the gs2 flag <c>y</c>, and the server must
    /// refuse it (RFC 5802 section 6), so every SCRAM goes.
    /// </summary>
    public static bool ListsBoundScram(ReadOnlySpan<byte> reply)
    {
        EhloLines lines = new(reply);
        lines.MoveNext();
        while (lines.MoveNext())
        {
            EhloCapability capability = new(lines.Current);
            if (capability.Is("AUTH"u8) && HasBoundScram(capability.Parameters))
                return true;
        }
        return false;
    }

    /// <summary>The mechanism binds to a TLS channel that is not the client's (RFC 5802, 9266), or was made useless by one that does.</summary>
    public static bool IsBound(ReadOnlySpan<byte> mechanism, bool scramGoes) => IsPlus(mechanism) || (scramGoes && IsScram(mechanism));

    /// <summary>EXTERNAL would name our certificate, not the client's.</summary>
    public static bool IsExternal(ReadOnlySpan<byte> mechanism) => Ascii.EqualsIgnoreCase(mechanism, "EXTERNAL"u8);

    static bool HasBoundScram(ReadOnlySpan<byte> mechanisms)
    {
        foreach (Range word in Words.Of(mechanisms))
        {
            if (IsScram(mechanisms[word]) && IsPlus(mechanisms[word]))
                return true;
        }
        return false;
    }

    static bool IsScram(ReadOnlySpan<byte> word) => word.Length >= 6 && Ascii.EqualsIgnoreCase(word[..6], "SCRAM-"u8);

    static bool IsPlus(ReadOnlySpan<byte> word) => word.Length >= 5 && Ascii.EqualsIgnoreCase(word[^5..], "-PLUS"u8);
}
