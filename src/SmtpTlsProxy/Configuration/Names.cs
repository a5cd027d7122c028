using System.Text.RegularExpressions;

namespace SmtpTlsProxy.Configuration;

/// <summary>Names of listeners, upstreams, destinations and certificates. They are metric labels.</summary>
static partial class Names
{
    public const string Pattern = "^[a-z][a-z0-9_]{0,31}$";
    public const string Remedy = "A name begins with a small letter, goes on with small letters, digits and underscores, and has at most 32 characters";

    public static bool IsValid(string name) => Valid.IsMatch(name) && !name.EndsWith('\n');

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Valid { get; }
}
