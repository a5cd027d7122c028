using System.Net;

namespace SmtpTlsProxy.Protocol;

/// <summary>What the first octets of a connection turned out to be.</summary>
public enum ProxyHeaderStatus : byte
{
    /// <summary>A header so far; more octets must come.</summary>
    NeedMore,

    /// <summary>No header that we take: the connection is closed.</summary>
    Invalid,

    /// <summary>A whole header.</summary>
    Ok,
}

/// <summary>A PROXY header of version 1 or 2 (HAProxy, proxy-protocol.txt; rule 6.8).</summary>
/// <param name="Length">Its exact length: what stands behind is the client's.</param>
/// <param name="Source">The client; null if the balancer speaks for itself (v2 LOCAL, v1 UNKNOWN).</param>
/// <param name="Destination">Where the client connected to; null as <paramref name="Source"/>.</param>
public readonly record struct ProxyHeader(int Length, IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>No header is longer; peek that much.</summary>
    public const int MaxLength = ProxyHeaderV2.MaxLength;

    /// <summary>The balancer speaks for itself: the session has the balancer's address.</summary>
    public bool IsLocal => Source is null;

    /// <summary>Reads a header from the first octets of a connection. What cannot become a header is Invalid at its first wrong octet.</summary>
    public static ProxyHeaderStatus TryParse(ReadOnlySpan<byte> input, out ProxyHeader header)
    {
        header = default;
        if (input.IsEmpty)
            return ProxyHeaderStatus.NeedMore;
        return input[0] == ProxyHeaderV2.Signature[0] ? ProxyHeaderV2.TryParse(input, out header) : ProxyHeaderV1.TryParse(input, out header);
    }
}
