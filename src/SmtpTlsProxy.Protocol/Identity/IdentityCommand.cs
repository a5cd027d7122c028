using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>Writes one XCLIENT or XFORWARD line, at most 512 octets; false from any part makes the whole line unusable.</summary>
ref struct IdentityCommand(Span<byte> into)
{
    public const int MaxLength = 512;

    readonly Span<byte> _into = into[..Math.Min(into.Length, MaxLength)];

    public int Length { get; private set; }

    public bool TryRaw(ReadOnlySpan<byte> octets)
    {
        if (!octets.TryCopyTo(_into[Length..]))
            return false;
        Length += octets.Length;
        return true;
    }

    public bool TryAdd(ReadOnlySpan<byte> name, string value)
    {
        if (!CleanText.Is(value) || !TryRaw(" "u8) || !TryRaw(name) || !TryRaw("="u8))
            return false;
        bool fits = Xtext.TryEncode(Encoding.UTF8.GetBytes(value), _into[Length..], out int written);
        Length += written;
        return fits;
    }

    public bool TryAdd(ReadOnlySpan<byte> name, IPAddress address) => TryAdd(name, Text(address));

    public bool TryAddPort(ReadOnlySpan<byte> name, int port) => TryAdd(name, port.ToString());

    /// <summary>Postfix, XCLIENT_README: IPv6 addresses are prefixed. A scope names an interface of this machine and is not told.</summary>
    static string Text(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? "IPV6:" + new IPAddress(address.GetAddressBytes()) : address.ToString();
    }
}
