using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>The text form: one line of at most 107 octets (proxy-protocol.txt section 2.1).</summary>
public static class ProxyHeaderV1
{
    /// <summary>The longest line with its CRLF.</summary>
    public const int MaxLength = 107;

    static ReadOnlySpan<byte> Prefix => "PROXY "u8;

    internal static ProxyHeaderStatus TryParse(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        header = default;
        int begun = Math.Min(input.Length, Prefix.Length);
        if (!input[..begun].SequenceEqual(Prefix[..begun]))
            return ProxyHeaderStatus.Invalid;
        ReadOnlySpan<byte> window = input[..Math.Min(input.Length, MaxLength)];
        int lf = window.IndexOf((byte)'\n');
        if (lf < 0)
            return window.Length < MaxLength ? ProxyHeaderStatus.NeedMore : ProxyHeaderStatus.Invalid;
        if (lf < Prefix.Length || window[lf - 1] != '\r')
            return ProxyHeaderStatus.Invalid;
        return TryParseLine(window[Prefix.Length..(lf - 1)], lf + 1, out header) ? ProxyHeaderStatus.Ok : ProxyHeaderStatus.Invalid;
    }

    static bool TryParseLine(ReadOnlySpan<byte> line, int length, out ProxyHeader header)
    {
        header = new ProxyHeader(length, null, null);
        // What stands behind UNKNOWN is to be ignored.
        if (line.SequenceEqual("UNKNOWN"u8) || line.StartsWith("UNKNOWN "u8))
            return true;
        Span<Range> parts = stackalloc Range[5];
        if (!TrySplit(line, parts))
            return false;
        AddressFamily family = Family(line[parts[0]]);
        if (!TryAddress(line[parts[1]], family, out IPAddress? source) || !TryAddress(line[parts[2]], family, out IPAddress? destination)
            || !TryPort(line[parts[3]], out int sourcePort) || !TryPort(line[parts[4]], out int destinationPort))
            return false;
        header = new ProxyHeader(length, new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort));
        return true;
    }

    /// <summary>Exactly as many parts, one space between each.</summary>
    static bool TrySplit(ReadOnlySpan<byte> line, Span<Range> parts)
    {
        int count = 0;
        foreach (Range part in line.Split((byte)' '))
        {
            if (count == parts.Length)
                return false;
            parts[count++] = part;
        }
        return count == parts.Length;
    }

    static AddressFamily Family(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("TCP4"u8) ? AddressFamily.InterNetwork : word.SequenceEqual("TCP6"u8) ? AddressFamily.InterNetworkV6 : AddressFamily.Unspecified;

    /// <summary>The framework's parser is kinder than the specification: scopes, brackets, octal and short forms are not addresses here.</summary>
    static bool TryAddress(ReadOnlySpan<byte> text, AddressFamily family, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        ReadOnlySpan<byte> allowed = family == AddressFamily.InterNetwork ? "0123456789."u8 : "0123456789abcdefABCDEF:."u8;
        if (text.ContainsAnyExcept(allowed) || !IPAddress.TryParse(text, out address) || address.AddressFamily != family)
            return false;
        return family != AddressFamily.InterNetwork || IsCanonical(text, address);
    }

    static bool IsCanonical(ReadOnlySpan<byte> text, IPAddress address)
    {
        Span<byte> canonical = stackalloc byte[15];
        return address.TryFormat(canonical, out int count) && text.SequenceEqual(canonical[..count]);
    }

    static bool TryPort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.IsEmpty || text.Length > 5 || text.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (text[0] == '0' && text.Length > 1))
            return false;
        foreach (byte digit in text)
            port = port * 10 + digit - '0';
        return port <= ushort.MaxValue;
    }

    /// <summary>The header for an upstream; without both ends it says UNKNOWN.</summary>
    public static byte[] Write(IPEndPoint? source, IPEndPoint? destination)
    {
        if (source is null || destination is null)
            return "PROXY UNKNOWN\r\n"u8.ToArray();
        (IPAddress from, IPAddress to) = AddressPair.OfOneFamily(source.Address, destination.Address);
        string family = from.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes($"PROXY {family} {from} {to} {source.Port} {destination.Port}\r\n");
    }
}
