namespace SmtpTlsProxy.Transport.Loops;

using System.Diagnostics;

/// <summary>In debug builds, octets whose loan has ended are overwritten, so that whoever kept a span reads nonsense at once and not once a week.</summary>
static class Poison
{
    internal const byte Octet = 0xDD;

    [Conditional("DEBUG")]
    internal static void Fill(Span<byte> octets) => octets.Fill(Octet);
}
