using System.Globalization;

namespace SmtpTlsProxy.Configuration;

/// <summary><c>8KiB 50MiB</c>; a number alone counts octets.</summary>
static class Sizes
{
    public static Parsed<long> Read(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) digits = text.Length;
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || Unit(text[digits..]) is not { } unit)
            return Parsed.Wrong($"\"{text}\" is no size");
        return count > long.MaxValue / unit ? Parsed.Wrong($"{text} is more than can be counted") : count * unit;
    }

    public static string Write(long octets) => octets switch
    {
        0 => "0B",
        _ when octets % (1L << 30) == 0 => $"{octets >> 30}GiB",
        _ when octets % (1L << 20) == 0 => $"{octets >> 20}MiB",
        _ when octets % (1L << 10) == 0 => $"{octets >> 10}KiB",
        _ => $"{octets}B",
    };

    static long? Unit(string unit) => unit switch
    {
        "" or "B" => 1,
        "KiB" => 1L << 10,
        "MiB" => 1L << 20,
        "GiB" => 1L << 30,
        _ => null,
    };
}
