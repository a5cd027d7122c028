using System.Net;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Upstream;

/// <summary>The words that make a client known to an upstream; the protocol library validates and encodes every value in them (rule 6.8).</summary>
static class IdentityTalk
{
    /// <summary>The PROXY header that goes before everything else; empty where the identity is not told that way.</summary>
    public static byte[] ProxyHeader(Identity identity, Leg? client) => identity switch
    {
        Identity.ProxyV1 => ProxyHeaderV1.Write(client?.Remote as IPEndPoint, client?.Local as IPEndPoint),
        Identity.ProxyV2 => ProxyHeaderV2.Write(client?.Remote as IPEndPoint, client?.Local as IPEndPoint, TlsOf(client)),
        _ => [],
    };

    /// <summary>The XCLIENT command out of the attributes <paramref name="offered"/>, or null where it cannot be said: a client without an address, an attribute missing.</summary>
    public static byte[]? XClient(Leg? client, ReadOnlySpan<byte> offered)
    {
        Span<byte> line = stackalloc byte[Protocol.XClient.MaxLength];
        return IdentityOf(client) is { } identity && Protocol.XClient.TryBuild(identity, IdentityAttributeList.Parse(offered), line, out int length) ? line[..length].ToArray() : null;
    }

    /// <summary>The XFORWARD command, or null where there is nothing to say.</summary>
    public static byte[]? XForward(Leg? client, ReadOnlySpan<byte> offered)
    {
        Span<byte> line = stackalloc byte[Protocol.XForward.MaxLength];
        return IdentityOf(client) is { } identity && Protocol.XForward.TryBuild(identity, IdentityAttributeList.Parse(offered), line, out int length) ? line[..length].ToArray() : null;
    }

    /// <summary>A client on a unix socket has no address to tell.</summary>
    static ClientIdentity? IdentityOf(Leg? client) =>
        client?.Remote is IPEndPoint source ? new ClientIdentity { Source = source, Destination = client.Local as IPEndPoint } : null;

    /// <summary>True only where TLS stood before the dial: on a STARTTLS listener nothing is known yet.</summary>
    static ProxyTls? TlsOf(Leg? client) => client?.Tls is { Succeeded: true } tls ? ToTlvs(tls) : null;

    /// <summary>A certificate that was not found good is not told: a server may look at the name and not at the verdict.</summary>
    static ProxyTls ToTlvs(HandshakeResult tls) => new()
    {
        Version = tls.Version, Cipher = tls.Cipher, ServerName = tls.ServerName, IsVerified = tls.IsVerified, CommonName = tls.PeerName,
    };
}
