namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Postfix's XCLIENT: the upstream takes the client's identity for its own rules. One command, ADDR last, so that a server that stops at its
/// limit has taken no half of it for granted (rule 6.8).
/// </summary>
public static class XClient
{
    /// <summary>The longest line with its CRLF.</summary>
    public const int MaxLength = IdentityCommand.MaxLength;

    /// <summary>
    /// Builds the command out of what the upstream offers. False if it does not offer ADDR, a value is not fit to be told, or the line is too
    /// long: going on without would make the upstream trust our address.
    /// </summary>
    public static bool TryBuild(in ClientIdentity client, IdentityAttributes offered, Span<byte> into, out int length)
    {
        IdentityCommand command = new(into);
        bool isBuilt = offered.HasFlag(IdentityAttributes.Addr)
            && command.TryRaw("XCLIENT"u8)
            && (!offered.HasFlag(IdentityAttributes.Name) || command.TryAdd("NAME"u8, "[UNAVAILABLE]"))
            && (!offered.HasFlag(IdentityAttributes.Port) || command.TryAddPort("PORT"u8, client.Source.Port))
            && (!offered.HasFlag(IdentityAttributes.Proto) || client.SaidEhlo is not bool ehlo || command.TryAdd("PROTO"u8, ehlo ? "ESMTP" : "SMTP"))
            && (!offered.HasFlag(IdentityAttributes.Helo) || client.Helo is null || command.TryAdd("HELO"u8, client.Helo))
            && (!offered.HasFlag(IdentityAttributes.Login) || client.Login is null || command.TryAdd("LOGIN"u8, client.Login))
            && (!offered.HasFlag(IdentityAttributes.DestAddr) || client.Destination is null || command.TryAdd("DESTADDR"u8, client.Destination.Address))
            && (!offered.HasFlag(IdentityAttributes.DestPort) || client.Destination is null || command.TryAddPort("DESTPORT"u8, client.Destination.Port))
            && command.TryAdd("ADDR"u8, client.Source.Address)
            && command.TryRaw("\r\n"u8);
        length = isBuilt ? command.Length : 0;
        return isBuilt;
    }
}
