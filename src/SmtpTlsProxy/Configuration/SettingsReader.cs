namespace SmtpTlsProxy.Configuration;

/// <summary>Walks one source's tree along the key table: canonical paths in, everything unknown, doubled or misplaced is a mistake.</summary>
sealed class SettingsReader(Settings settings, Mistakes mistakes)
{
    public void Read(Source source)
    {
        foreach (Mistake mistake in source.Mistakes) mistakes.Add(mistake);
        if (source.Root is ConfigNode.Map map) ReadEntries(map, "", KeyTable.Tree);
        else if (source.Root is not (null or ConfigNode.Scalar { IsNull: true }))
            mistakes.Add("", source.Root.Origin, $"a configuration is a map of keys, not {source.Root.Kind}", "Begin with a key such as listeners:");
    }

    void ReadEntries(ConfigNode.Map map, string path, KeyTree keys)
    {
        Dictionary<string, ConfigNode.Entry> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (ConfigNode.Entry entry in map.Entries)
        {
            if (path.Length == 0 && entry.Key == JsonSchema.Key) continue;
            string? segment = keys.Named is null ? keys.Child(entry.Key)?.Segment : entry.Key;
            string full = Join(path, segment ?? entry.Key);
            if (!seen.TryAdd(entry.Key, entry) && !IsWordBesideMap(seen[entry.Key], entry)) Doubled(full, seen[entry.Key], entry);
            else if (segment is null) Unknown(full, entry, keys);
            else if (keys.Named is null || NameIsValid(full, entry)) ReadValue(entry.Value, entry.Origin, full, keys.Named ?? keys.Child(entry.Key)!);
        }
    }

    // METRICS=disabled and METRICS__ADDRESS=… are two variables, not one key twice.
    static bool IsWordBesideMap(ConfigNode.Entry first, ConfigNode.Entry second) =>
        first.Key == second.Key && first.Value is ConfigNode.Scalar != second.Value is ConfigNode.Scalar && first.Value.Origin.HasWordLists;

    void ReadValue(ConfigNode value, Origin origin, string path, KeyTree keys)
    {
        if (keys.Key?.Type is KeyType.Destinations) ReadDestinations(value, path, keys.Key);
        else if (keys.Children.Count > 0 && value is ConfigNode.Map map) ReadMap(map, origin, path, keys);
        else if (keys.Key is not null) ReadLeaf(value, path, keys.Key);
        else if (value is ConfigNode.Scalar { IsNull: true }) ReadEmptyMap(origin, path);
        else mistakes.Add(path, value.Origin, $"keys are expected beneath it, not {value.Kind}", $"Write {Examples(keys)} beneath it");
    }

    void ReadMap(ConfigNode.Map map, Origin origin, string path, KeyTree keys)
    {
        settings.SawMap(path, origin);
        ReadEntries(map, path, keys);
    }

    // "listeners:" with nothing beneath says nothing; a name with nothing beneath is still that name, so that what it lacks is told.
    void ReadEmptyMap(Origin origin, string path)
    {
        if (path.Contains('.')) settings.SawMap(path, origin);
    }

    void ReadLeaf(ConfigNode value, string path, KeyDefinition key)
    {
        if (Values(value, path, key) is { } values) settings.Put(new Setting(key, path, values, value.Origin));
    }

    void ReadDestinations(ConfigNode value, string path, KeyDefinition key)
    {
        if (value is ConfigNode.Map map && !IsIndexed(map)) ReadDestinationMap(map, path, key);
        else if (Values(value, path, key) is { } values)
        {
            settings.RemoveUnder(path);
            settings.SawMap(path, value.Origin);
            for (int i = 0; i < values.Count; i++) PutDestination($"{path}.d{i + 1}", key, values[i]);
        }
    }

    void ReadDestinationMap(ConfigNode.Map map, string path, KeyDefinition key)
    {
        settings.SawMap(path, map.Origin);
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (ConfigNode.Entry entry in map.Entries)
        {
            string full = Join(path, entry.Key);
            if (!seen.Add(entry.Key)) Doubled(full, map.Entries.First(first => first.Key.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)), entry);
            else if (NameIsValid(full, entry) && Values(entry.Value, full, key) is [var one]) PutDestination(full, key, one);
        }
    }

    void PutDestination(string path, KeyDefinition key, Written value) => settings.Put(new Setting(key, path, [value], value.Origin));

    IReadOnlyList<Written>? Values(ConfigNode value, string path, KeyDefinition key) => value switch
    {
        ConfigNode.Scalar { IsNull: true } => Refuse(path, value, "it has no value", $"Write a value or remove the key; {Remedies.For(key)}"),
        ConfigNode.Scalar scalar when key.Type.IsList && scalar.Origin.HasWordLists => [.. Split(scalar)],
        ConfigNode.Scalar scalar => [new Written(scalar.Text, scalar.Origin)],
        ConfigNode.List list when key.Type.IsList => Items(list.Items, path, key),
        ConfigNode.Map map when key.Type.IsList && IsIndexed(map) => Items(InOrder(map), path, key),
        _ => Refuse(path, value, $"a {key.Type.Noun} is expected, not {value.Kind}", $"Write it otherwise: {Remedies.For(key)}"),
    };

    IReadOnlyList<Written>? Items(IReadOnlyList<ConfigNode> items, string path, KeyDefinition key)
    {
        if (items.FirstOrDefault(item => item is not ConfigNode.Scalar { IsNull: false }) is { } wrong)
            return Refuse(path, wrong, $"the list holds {wrong.Kind}", $"Write plain values: {Remedies.For(key)}");
        return [.. items.Select(item => new Written(((ConfigNode.Scalar)item).Text, item.Origin))];
    }

    IReadOnlyList<Written>? Refuse(string path, ConfigNode value, string problem, string remedy)
    {
        mistakes.Add(path, value.Origin, problem, remedy);
        return null;
    }

    static IEnumerable<Written> Split(ConfigNode.Scalar scalar) =>
        scalar.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => new Written(text, scalar.Origin));

    static bool IsIndexed(ConfigNode.Map map) => map.Entries.Count > 0 && map.Origin.HasWordLists && map.Entries.All(IsIndex);

    static bool IsIndex(ConfigNode.Entry entry) => entry.Key.Length is > 0 and < 4 && entry.Key.All(char.IsAsciiDigit);

    static IReadOnlyList<ConfigNode> InOrder(ConfigNode.Map map) => [.. map.Entries.OrderBy(entry => int.Parse(entry.Key)).Select(entry => entry.Value)];

    bool NameIsValid(string path, ConfigNode.Entry entry)
    {
        bool isValid = Names.IsValid(entry.Key);
        if (!isValid) mistakes.Add(path, entry.Origin, $"\"{entry.Key}\" is no valid name", Names.Remedy);
        return isValid;
    }

    void Doubled(string path, ConfigNode.Entry first, ConfigNode.Entry second)
    {
        string problem = first.Key == second.Key ? "the key is written twice" : $"\"{first.Key}\" and \"{second.Key}\" differ only in case and are one key";
        mistakes.Add(path, second.Origin, $"{problem} (first at {first.Origin})", "Keep one of them");
    }

    void Unknown(string path, ConfigNode.Entry entry, KeyTree keys) =>
        mistakes.Add(path, entry.Origin, "there is no such key", Suggestions.For(entry.Key, keys));

    static string Examples(KeyTree keys) => keys.Named is null ? string.Join(", ", keys.Children.Select(child => child.Segment)) : "a name of your choice";

    static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
