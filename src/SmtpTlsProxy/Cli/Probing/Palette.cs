namespace SmtpTlsProxy.Cli.Probing;

/// <summary>Colours, for a terminal only, and for nobody who said NO_COLOR (no-color.org).</summary>
sealed class Palette(bool isOn)
{
    public static Palette For(TextWriter output) => new(ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && IsWanted(Environment.GetEnvironmentVariable));

    public static bool IsWanted(Func<string, string?> environment) => string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") is not (null or "" or "dumb");

    public string Good(string text) => Painted("32", text);

    public string Bad(string text) => Painted("31;1", text);

    public string Doubtful(string text) => Painted("33", text);

    public string Title(string text) => Painted("1", text);

    string Painted(string colour, string text) => isOn ? $"\e[{colour}m{text}\e[0m" : text;
}
