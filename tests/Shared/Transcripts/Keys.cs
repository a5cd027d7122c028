namespace SmtpTlsProxy.Tests.Shared;

/// <summary>Configuration keys as a transcript's head has them: <c>tls=required limits.badCommands=2</c>.</summary>
sealed record Keys(IReadOnlyList<(string Key, string Value)> Pairs)
{
    public static readonly Keys None = new([]);

    public bool IsEmpty => Pairs.Count == 0;

    public static Keys Parse(string text) => new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Pair)]);

    public bool Has(string key) => Pairs.Any(pair => pair.Key == key);

    public string? Of(string key) => Pairs.FirstOrDefault(pair => pair.Key == key).Value;

    /// <summary>As entries of a YAML flow mapping, a dotted key as a mapping in it.</summary>
    public string Yaml() => string.Join(", ", Pairs.GroupBy(pair => pair.Key.Split('.')[0]).Select(Entry));

    public override string ToString() => string.Join(' ', Pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    static string Entry(IGrouping<string, (string Key, string Value)> group) => group.First().Key == group.Key
        ? $"{group.Key}: {group.First().Value}"
        : $"{group.Key}: {{ {string.Join(", ", group.Select(pair => $"{pair.Key[(group.Key.Length + 1)..]}: {pair.Value}"))} }}";

    static (string Key, string Value) Pair(string word) => word.Split('=', 2) is [var key, var value]
        ? (key, value)
        : throw new FormatException($"'{word}' is not key=value");
}
