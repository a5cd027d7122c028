using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>The attributes that an upstream offers behind XCLIENT or XFORWARD: no other may be sent to it.</summary>
[Flags]
public enum IdentityAttributes
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The client's name.</summary>
    Name = 1,

    /// <summary>Its address.</summary>
    Addr = 2,

    /// <summary>Its port.</summary>
    Port = 4,

    /// <summary>SMTP or ESMTP.</summary>
    Proto = 8,

    /// <summary>Its HELO argument.</summary>
    Helo = 16,

    /// <summary>The authenticated user (XCLIENT).</summary>
    Login = 32,

    /// <summary>The address it connected to (XCLIENT).</summary>
    DestAddr = 64,

    /// <summary>The port it connected to (XCLIENT).</summary>
    DestPort = 128,

    /// <summary>LOCAL or REMOTE (XFORWARD).</summary>
    Source = 256,
}

/// <summary>Reads the attribute list of a capability line.</summary>
public static class IdentityAttributeList
{
    /// <summary>The attributes named in the parameters of an XCLIENT or XFORWARD capability; unknown ones are skipped.</summary>
    public static IdentityAttributes Parse(ReadOnlySpan<byte> parameters)
    {
        IdentityAttributes all = IdentityAttributes.None;
        foreach (Range word in Words.Of(parameters))
            all |= One(parameters[word]);
        return all;
    }

    static IdentityAttributes One(ReadOnlySpan<byte> word) =>
        Is(word, "NAME"u8) ? IdentityAttributes.Name
        : Is(word, "ADDR"u8) ? IdentityAttributes.Addr
        : Is(word, "PORT"u8) ? IdentityAttributes.Port
        : Is(word, "PROTO"u8) ? IdentityAttributes.Proto
        : Is(word, "HELO"u8) ? IdentityAttributes.Helo
        : Is(word, "LOGIN"u8) ? IdentityAttributes.Login
        : Is(word, "DESTADDR"u8) ? IdentityAttributes.DestAddr
        : Is(word, "DESTPORT"u8) ? IdentityAttributes.DestPort
        : Is(word, "SOURCE"u8) ? IdentityAttributes.Source
        : IdentityAttributes.None;

    static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);
}
