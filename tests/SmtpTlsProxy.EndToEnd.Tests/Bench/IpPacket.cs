using System.Buffers.Binary;

namespace SmtpTlsProxy.EndToEnd.Bench;

/// <summary>What a link must know of a packet to lose the right ones. Hosts are the last octets of their addresses.</summary>
readonly ref struct IpPacket(ReadOnlySpan<byte> octets)
{
    const int Tcp = 6;
    readonly ReadOnlySpan<byte> _octets = octets;

    /// <summary>IPv4 with TCP; all else on the link is the kernels' own chatter.</summary>
    public bool IsTcp => _octets.Length >= 40 && _octets[0] >> 4 == 4 && _octets[9] == Tcp;

    public byte From => _octets[15];
    public byte To => _octets[19];

    /// <summary>The host on the far side, whichever way the packet goes.</summary>
    public byte FarHost => From == TunLink.NearHost ? To : From;

    public bool IsFromFar => From != TunLink.NearHost;

    /// <summary>The octets of the stream in it.</summary>
    public ReadOnlySpan<byte> Content
    {
        get
        {
            int head = (_octets[0] & 0xF) * 4;
            int end = Math.Min(_octets.Length, BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]));
            int start = head + (_octets[head + 12] >> 4) * 4;
            return start < end ? _octets[start..end] : default;
        }
    }
}

/// <summary>Whether a packet is lost in a black hole.</summary>
delegate bool Swallows(IpPacket packet);
