using System.Globalization;
using System.Net;

namespace SmtpTlsProxy.Configuration;

/// <summary>Domain names, read into A-labels (RFC 5890) without a trailing dot.</summary>
static class DomainNames
{
    static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false };

    /// <summary>What EHLO and certificates may name: letters, digits and hyphens (RFC 5321 section 4.1.2, RFC 1123 section 2.1).</summary>
    public static Parsed<string> Read(string text) => Read(text, underscores: false);

    /// <summary>A name to be resolved: container networks have names with underscores.</summary>
    public static Parsed<string> Host(string text) => Read(text, underscores: true);

    /// <summary>A domain name or an address literal (RFC 5321 section 4.1.3).</summary>
    public static Parsed<string> Helo(string text) => text is ['[', .., ']'] ? Literal(text) : Read(text);

    static Parsed<string> Literal(string text)
    {
        string inside = text[1..^1];
        bool isV6 = inside.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase);
        bool isAddress = IPAddress.TryParse(isV6 ? inside[5..] : inside, out IPAddress? address) && address.ToString().Contains(':') == isV6;
        return isAddress ? text : Parsed.Wrong($"\"{text}\" is no address literal");
    }

    static Parsed<string> Read(string text, bool underscores)
    {
        if (ToAscii(text) is not { } name || name.Length is 0 or > 253 || !name.Split('.').All(label => IsLabel(label, underscores)) || EndsInNumber(name))
            return Parsed.Wrong($"\"{text}\" is no valid domain name");
        return name;
    }

    static string? ToAscii(string text)
    {
        string name = text.EndsWith('.') ? text[..^1] : text;
        try
        {
            return name.All(char.IsAscii) ? name : Idn.GetAscii(name.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    static bool IsLabel(string label, bool underscores) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || (c == '_' && underscores));

    // "10.0.0.300" is a mistyped address, not a name: no top-level domain is a number.
    static bool EndsInNumber(string name) => name[(name.LastIndexOf('.') + 1)..].All(char.IsAsciiDigit);
}
