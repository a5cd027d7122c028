using static System.Text.Ascii;

namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Extensions that change identity, role, turn-taking, framing or the number of replies: never offered (rule 1.3), and refused when
/// used all the same (rule 2.8).
/// </summary>
public static class HiddenExtensions
{
    /// <summary>The EHLO keyword is hidden whatever the legs look like.</summary>
    public static bool IsHiddenKeyword(ReadOnlySpan<byte> keyword) => keyword.Length switch
    {
        4 => Is(keyword, "BURL"u8) || Is(keyword, "TURN"u8) || Is(keyword, "ATRN"u8) || Is(keyword, "PRDR"u8) || Is(keyword, "VERB"u8),
        7 when Is(keyword, "XCLIENT"u8) || Is(keyword, "XEXCH50"u8) => true,
        8 when Is(keyword, "XFORWARD"u8) => true,
        6 when Is(keyword, "X-EXPS"u8) => true,
        10 when Is(keyword, "CHECKPOINT"u8) => true,
        11 when Is(keyword, "PIPECONNECT"u8) => true,
        12 when Is(keyword, "X-LINK2STATE"u8) => true,
        14 when Is(keyword, "X-ANONYMOUSTLS"u8) => true,
        _ => Is(keyword, "X_PIPE_CONNECT"u8) || Begins(keyword, "XPROXY"u8) || Begins(keyword, "XSHADOW"u8),
    };

    /// <summary>The command belongs to a hidden extension: 502 5.5.1.</summary>
    public static bool IsHiddenCommand(ReadOnlySpan<byte> verb) => IsHiddenKeyword(verb);

    /// <summary>The MAIL parameter (with or without its value) belongs to a hidden extension: 555 5.5.4.</summary>
    public static bool IsHiddenMailParameter(ReadOnlySpan<byte> parameter)
    {
        ReadOnlySpan<byte> name = NameOf(parameter);
        return Is(name, "PRDR"u8) || Is(name, "TRANSID"u8);
    }

    /// <summary>The MAIL parameter is REQUIRETLS (RFC 8689): 555 5.5.4 where <see cref="EhloAnswer.RequireTlsHidden"/>.</summary>
    public static bool IsRequireTls(ReadOnlySpan<byte> parameter) => Is(NameOf(parameter), "REQUIRETLS"u8);

    static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> parameter)
    {
        int equals = parameter.IndexOf((byte)'=');
        return equals < 0 ? parameter : parameter[..equals];
    }

    static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => EqualsIgnoreCase(word, name);

    static bool Begins(ReadOnlySpan<byte> word, ReadOnlySpan<byte> prefix) => word.Length >= prefix.Length && EqualsIgnoreCase(word[..prefix.Length], prefix);
}
