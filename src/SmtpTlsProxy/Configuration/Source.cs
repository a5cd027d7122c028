namespace SmtpTlsProxy.Configuration;

/// <summary>One source as read: its tree (null: it says nothing) and what made it unreadable.</summary>
sealed record Source(string Name, ConfigNode? Root, IReadOnlyList<Mistake> Mistakes)
{
    /// <summary>The file to watch for a reload; null for sources that cannot change.</summary>
    public string? File { get; init; }

    public static Source Of(string name, ConfigNode? root) => new(name, root, []);

    public static Source Unreadable(string name, Origin origin, string problem, string remedy) => new(name, null, [new Mistake("", origin, problem, remedy)]);
}
