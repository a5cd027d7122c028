using System.Text;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

/// <summary>Label values: closed lists made from our own enums, so that no peer can add a series.</summary>
static class Labels
{
    /// <summary>The members of an enum as <c>snake_case</c>, in order.</summary>
    public static string[] Of<TEnum>() where TEnum : struct, Enum => [.. Enum.GetNames<TEnum>().Select(Snake)];

    /// <summary>The verbs of our table; what is outside it is <c>other</c>.</summary>
    public static string[] Verbs { get; } = [.. Enum.GetNames<Verb>().Select(name => name.ToLowerInvariant())];

    /// <summary>The words of <c>reportOnly</c>, in the order of their bits.</summary>
    public static string[] Rules { get; } = [.. Enum.GetNames<ReportOnly>().Skip(1).Select(Camel)];

    /// <summary>The keys of <c>limits</c>.</summary>
    public static string[] Limits { get; } = [.. Enum.GetNames<Limit>().Select(Camel)];

    /// <summary>Reasons why a session ended; the first member, which is no end, has no series.</summary>
    public static string[] Ends { get; } = Of<EndReason>();

    static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    static string Snake(string name)
    {
        StringBuilder snake = new();
        foreach (char c in name.Replace("StartTls", "Starttls", StringComparison.Ordinal))
        {
            if (char.IsUpper(c) && snake.Length > 0)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(c));
        }
        return snake.ToString();
    }
}
