using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Writes a client's address as far as the operator lets it be known.</summary>
sealed class ClientAddress(ClientAddressing how)
{
    volatile ClientAddressing _how = how;

    // New in each process: the same client can be followed through one log, and nobody can compute addresses back.
    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string Of(EndPoint? client) => client switch
    {
        IPEndPoint ip => Of(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address),
        UnixDomainSocketEndPoint => "unix",
        _ => "unknown",
    };

    /// <summary>From now on so; the key stays, so that a client can be followed across the change.</summary>
    public void Become(ClientAddressing next) => _how = next;

    string Of(IPAddress address) => _how switch
    {
        ClientAddressing.Prefix => Prefix(address),
        ClientAddressing.Hashed => Hash(address),
        _ => address.ToString(),
    };

    static string Prefix(IPAddress address)
    {
        byte[] octets = address.GetAddressBytes();
        int kept = octets.Length == 4 ? 3 : 6;          // /24 and /48: a site, not a person
        Array.Clear(octets, kept, octets.Length - kept);
        return $"{new IPAddress(octets)}/{kept * 8}";
    }

    string Hash(IPAddress address) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, address.GetAddressBytes()).AsSpan(0, 8));
}
