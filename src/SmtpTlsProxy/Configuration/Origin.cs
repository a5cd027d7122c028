namespace SmtpTlsProxy.Configuration;

enum OriginKind { Default, File, Environment, Flag }

/// <summary>Where a value came from, in words an operator finds it by: <c>config.yaml:3:5</c>, an environment variable, a flag.</summary>
readonly record struct Origin(OriginKind Kind, string Text)
{
    public static Origin Default { get; } = new(OriginKind.Default, "default");

    public static Origin File(string name, long line, long column) => new(OriginKind.File, $"{name}:{line}:{column}");

    public static Origin Environment(string variable) => new(OriginKind.Environment, $"environment variable {variable}");

    public static Origin Flag(string flag) => new(OriginKind.Flag, $"flag {flag}");

    /// <summary>A shell has no lists: its words are split at commas.</summary>
    public bool HasWordLists => Kind is OriginKind.Environment or OriginKind.Flag;

    public override string ToString() => Text;
}
