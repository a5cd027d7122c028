namespace SmtpTlsProxy.Configuration;

/// <summary>Reads settings by the key table: default where nothing was written, a mistake with remedy where it cannot be read; notes what holds.</summary>
sealed class KeyReader(Settings settings, Mistakes mistakes, List<EffectiveValue> effective)
{
    public Settings Settings => settings;
    public Mistakes Mistakes => mistakes;

    public KeyScope At(string path) => new(this, path);

    public T? Optional<T>(string path, Func<string, Parsed<T>> parse) where T : class
    {
        Setting? setting = Find(path, out KeyDefinition key);
        string? text = setting?.Text ?? key.Default;
        if (text is null) return NothingWritten<T>(path, key);
        Note(path, key, text, setting);
        return Parse(setting?.Path ?? path, key, new Written(text, OriginOf(setting)), parse, out T value) ? value : null;
    }

    public T? OptionalValue<T>(string path, Func<string, Parsed<T>> parse) where T : struct
    {
        Setting? setting = Find(path, out KeyDefinition key);
        string? text = setting?.Text ?? key.Default;
        if (text is null) return NothingWritten<T?>(path, key);
        Note(path, key, text, setting);
        return Parse(setting?.Path ?? path, key, new Written(text, OriginOf(setting)), parse, out T value) ? value : null;
    }

    public IReadOnlyList<T>? List<T>(string path, Func<string, Parsed<T>> parse)
    {
        Setting? setting = Find(path, out KeyDefinition key);
        if (setting is null && key.Default is null) return NothingWritten<IReadOnlyList<T>>(path, key);
        Note(path, key, setting is null ? "[]" : $"[{setting.Text}]", setting);
        List<T> list = [];
        foreach (Written written in setting?.Values ?? [])
            if (Parse(path, key, written, parse, out T value)) list.Add(value);
        return list;
    }

    /// <summary>Notes a default that depends on something else.</summary>
    public void Derived(string path, string text) => effective.Add(new EffectiveValue(path, text, Origin.Default));

    public bool Parse<T>(string path, KeyDefinition key, Written written, Func<string, Parsed<T>> parse, out T value)
    {
        Parsed<T> parsed = parse(written.Text);
        value = parsed.Value;
        if (parsed.Problem is { } problem) mistakes.Add(path, written.Origin, problem, Capital(Remedies.For(key)));
        else if (written.Origin.Kind is not OriginKind.Default) WarnOfWordNotInForce(path, key, written);
        return parsed.Problem is null;
    }

    public void Note(string path, KeyDefinition key, string text, Setting? setting)
    {
        effective.Add(new EffectiveValue(path, key.Secret ? "(secret)" : text, OriginOf(setting)));
        if (setting is not null && !key.InForce) WarnNotInForce(setting.Path, setting.Origin, setting.Key.Segment);
    }

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    Setting? Find(string path, out KeyDefinition key)
    {
        key = KeyTable.Of(path) ?? throw new ArgumentException($"{path} is not in the key table", nameof(path));
        return settings.Find(path);
    }

    T? NothingWritten<T>(string path, KeyDefinition key)
    {
        if (key.Required && !mistakes.Concern(path))
            mistakes.Add(path, settings.OriginOf(Parent(path)), "the key is missing and has no default", MissingRemedy(path, key));
        return default;
    }

    static string MissingRemedy(string path, KeyDefinition key) => Capital(Remedies.For(key)) + (FlagSource.FlagOf(path) is { } flag ? $" (flag {flag})" : "");

    void WarnOfWordNotInForce(string path, KeyDefinition key, Written written)
    {
        string? word = key.WordsNotInForce.FirstOrDefault(word => word.Equals(written.Text, StringComparison.OrdinalIgnoreCase));
        if (word is not null && key.InForce) WarnNotInForce(path, written.Origin, word);
    }

    void WarnNotInForce(string path, Origin origin, string what) =>
        mistakes.Warn(path, origin, $"{what} is not in force yet: it is read and checked, and has no effect", "Do not rely on it in this version");

    static string Parent(string path) => path.Contains('.') ? path[..path.LastIndexOf('.')] : path;

    static Origin OriginOf(Setting? setting) => setting?.Origin ?? Origin.Default;
}
