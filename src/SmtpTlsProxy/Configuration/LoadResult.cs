using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SmtpTlsProxy.Configuration;

/// <summary>What came of reading the sources.</summary>
/// <param name="Configuration">Null as soon as there is one mistake: there is no half configuration.</param>
/// <param name="Mistakes">Everything that forbids a start.</param>
/// <param name="Warnings">Everything that is weak, or without effect.</param>
/// <param name="Effective">What holds for every path, and where it came from.</param>
/// <param name="Files">The files that were read, to be watched.</param>
sealed record LoadResult(
    ProxyConfiguration? Configuration,
    IReadOnlyList<Mistake> Mistakes,
    IReadOnlyList<Mistake> Warnings,
    IReadOnlyList<EffectiveValue> Effective,
    IReadOnlyList<string> Files)
{
    /// <summary>A number that replicas share if and only if the same values hold for them: 48 bits, which a metric's double carries exactly.</summary>
    public long Hash { get; } = HashOf(Effective);

    static long HashOf(IReadOnlyList<EffectiveValue> effective)
    {
        IEnumerable<string> lines = effective.Select(value => $"{value.Path}={value.Value}").Order(StringComparer.Ordinal);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) >> 16);
    }
}
