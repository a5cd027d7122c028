namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Postfix's XFORWARD: the client's identity for the upstream's log alone; its access rules go on seeing us. Postfix forgets it with each
/// transaction.
/// </summary>
public static class XForward
{
    /// <summary>The longest line with its CRLF.</summary>
    public const int MaxLength = IdentityCommand.MaxLength;

    /// <summary>
    /// Builds the command out of what the upstream offers. False if that is nothing we know, a value is not fit to be told, or the line is
    /// too long.
    /// </summary>
    public static bool TryBuild(in ClientIdentity client, IdentityAttributes offered, Span<byte> into, out int length)
    {
        IdentityCommand command = new(into);
        bool isBuilt = offered != IdentityAttributes.None
            && command.TryRaw("XFORWARD"u8)
            && (!offered.HasFlag(IdentityAttributes.Name) || command.TryAdd("NAME"u8, "[UNAVAILABLE]"))
            && (!offered.HasFlag(IdentityAttributes.Addr) || command.TryAdd("ADDR"u8, client.Source.Address))
            && (!offered.HasFlag(IdentityAttributes.Port) || command.TryAddPort("PORT"u8, client.Source.Port))
            && (!offered.HasFlag(IdentityAttributes.Proto) || client.SaidEhlo is not bool ehlo || command.TryAdd("PROTO"u8, ehlo ? "ESMTP" : "SMTP"))
            && (!offered.HasFlag(IdentityAttributes.Helo) || client.Helo is null || command.TryAdd("HELO"u8, client.Helo))
            && (!offered.HasFlag(IdentityAttributes.Source) || command.TryAdd("SOURCE"u8, "REMOTE"))
            && command.TryRaw("\r\n"u8);
        length = isBuilt && command.Length > "XFORWARD\r\n".Length ? command.Length : 0;
        return length > 0;
    }
}
