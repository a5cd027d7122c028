using System.Numerics;
using System.Runtime.InteropServices;

namespace SmtpTlsProxy.Benchmarks.Sinks;

/// <summary>CRC-32C of octets that come in pieces, however they are cut.</summary>
struct Checksum
{
    uint _crc;

    public readonly ulong Value => _crc;

    public static ulong Of(ReadOnlySpan<byte> octets)
    {
        Checksum sum = default;
        sum.Add(octets);
        return sum.Value;
    }

    public void Add(ReadOnlySpan<byte> octets)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(octets);
        uint crc = _crc;
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte octet in octets[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, octet);
        _crc = crc;
    }
}
