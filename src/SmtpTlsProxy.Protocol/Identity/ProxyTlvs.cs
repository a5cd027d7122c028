using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>The type-length-values behind a v2 header's addresses (proxy-protocol.txt section 2.2).</summary>
static class ProxyTlvs
{
    const byte Authority = 0x02, Crc32C = 0x03, Ssl = 0x20, SslVersion = 0x21, SslCommonName = 0x22, SslCipher = 0x23;
    const byte ClientSsl = 0x01, ClientCertConnection = 0x02, ClientCertSession = 0x04;

    /// <summary>RFC 6066's host_name and RFC 5280's common name are shorter; more than that is not told.</summary>
    const int MaxValue = 255;

    /// <summary>They fill the header to its last octet, and a checksum among them is right; what they say is skipped.</summary>
    public static bool AreWellFormed(ReadOnlySpan<byte> whole, int start)
    {
        int at = start;
        while (whole.Length - at >= 3)
        {
            int value = at + 3, length = BinaryPrimitives.ReadUInt16BigEndian(whole[(at + 1)..]);
            if (length > whole.Length - value)
                return false;
            if (whole[at] == Crc32C && (length != 4 || BinaryPrimitives.ReadUInt32BigEndian(whole[value..]) != Checksum(whole, value)))
                return false;
            at = value + length;
        }
        return at == whole.Length;
    }

    /// <summary>Over the whole header with the checksum itself as zeroes.</summary>
    static uint Checksum(ReadOnlySpan<byte> whole, int checksumAt)
    {
        uint crc = ~0u;
        for (int at = 0; at < whole.Length; at++)
            crc = BitOperations.Crc32C(crc, at >= checksumAt && at < checksumAt + 4 ? (byte)0 : whole[at]);
        return ~crc;
    }

    public static void AddTls(List<byte> whole, ProxyTls tls)
    {
        Add(whole, Authority, tls.ServerName);
        List<byte> ssl = [(byte)(ClientSsl | (tls.CommonName is null ? 0 : ClientCertConnection | ClientCertSession)), 0, 0, 0, (byte)(tls.IsVerified ? 0 : 1)];
        Add(ssl, SslVersion, tls.Version);
        Add(ssl, SslCommonName, tls.CommonName);
        Add(ssl, SslCipher, tls.Cipher);
        whole.Add(Ssl);
        AddUInt16(whole, ssl.Count);
        whole.AddRange(ssl);
    }

    public static void AddUInt16(List<byte> whole, int value) => whole.AddRange([(byte)(value >> 8), (byte)value]);

    /// <summary>A value that a peer chose is told only if it is clean (rule 6.8).</summary>
    static void Add(List<byte> whole, byte type, string? value)
    {
        if (value is null || !CleanText.Is(value))
            return;
        byte[] octets = Encoding.UTF8.GetBytes(value);
        if (octets.Length > MaxValue)
            return;
        whole.Add(type);
        AddUInt16(whole, octets.Length);
        whole.AddRange(octets);
    }
}
