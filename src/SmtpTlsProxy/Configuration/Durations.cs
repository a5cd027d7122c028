using System.Globalization;

namespace SmtpTlsProxy.Configuration;

/// <summary><c>500ms 10s 5m 1h</c>, from 100 ms to 30 days.</summary>
static class Durations
{
    static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan Most = TimeSpan.FromDays(30);

    public static Parsed<TimeSpan> Read(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || Unit(text[digits..]) is not { } unit)
            return Parsed.Wrong($"\"{text}\" is no duration");
        if (count > Most / unit) return Parsed.Wrong($"{text} is longer than 30 days");
        TimeSpan span = unit * count;
        return span < Least ? Parsed.Wrong($"{text} is shorter than 100ms") : span;
    }

    public static string Write(TimeSpan span) => span switch
    {
        { Ticks: var t } when t % TimeSpan.TicksPerHour == 0 => $"{t / TimeSpan.TicksPerHour}h",
        { Ticks: var t } when t % TimeSpan.TicksPerMinute == 0 => $"{t / TimeSpan.TicksPerMinute}m",
        { Ticks: var t } when t % TimeSpan.TicksPerSecond == 0 => $"{t / TimeSpan.TicksPerSecond}s",
        _ => $"{span.TotalMilliseconds:F0}ms",
    };

    static TimeSpan? Unit(string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        _ => null,
    };
}
