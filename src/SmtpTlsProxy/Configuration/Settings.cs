namespace SmtpTlsProxy.Configuration;

/// <summary>One element of a value as it was written.</summary>
readonly record struct Written(string Text, Origin Origin);

/// <summary>A key with what was written for it. <paramref name="Path"/>: concrete and canonical, <c>listeners.mx.tls</c>.</summary>
sealed record Setting(KeyDefinition Key, string Path, IReadOnlyList<Written> Values, Origin Origin)
{
    /// <summary>When it was first written, among all: firstHealthy goes by it.</summary>
    public int Order { get; init; }

    public string Text => string.Join(", ", Values.Select(value => value.Text));
}

/// <summary>All sources laid over one another: for each path what the last of them said.</summary>
sealed class Settings
{
    readonly Dictionary<string, Setting> _settings = [];
    readonly Dictionary<string, Origin> _maps = [];
    readonly List<string> _order = [];
    int _written;

    public IEnumerable<Setting> All => _settings.Values;

    /// <summary>The setting of a path; a listener's or upstream's limits and timeouts fall back to those of defaults.</summary>
    public Setting? Find(string path) => _settings.GetValueOrDefault(path) ?? (DefaultsPath(path) is { } general ? _settings.GetValueOrDefault(general) : null);

    public bool IsWritten(string path) => _settings.ContainsKey(path) || _maps.ContainsKey(path);

    /// <summary>Where a path or the map at it was written.</summary>
    public Origin OriginOf(string path) => _settings.TryGetValue(path, out Setting? setting) ? setting.Origin : _maps.GetValueOrDefault(path, Origin.Default);

    /// <summary>The names beneath <c>listeners</c> and its like, in the order in which they were written.</summary>
    public IReadOnlyList<string> NamesUnder(string path) => [.. _order.Where(name => IsChild(name, path)).Select(name => name[(path.Length + 1)..])];

    public IEnumerable<Setting> SettingsUnder(string path) => _settings.Values.Where(setting => setting.Path.StartsWith(path + ".", StringComparison.Ordinal));

    public void SawMap(string path, Origin origin)
    {
        _settings.Remove(path);                                       // "metrics: disabled" gives way to an address from a later source
        if (_maps.TryAdd(path, origin)) _order.Add(path);
    }

    public void Put(Setting setting)
    {
        RemoveUnder(setting.Path);
        _settings[setting.Path] = setting with { Order = _settings.TryGetValue(setting.Path, out Setting? before) ? before.Order : _written++ };
    }

    public void RemoveUnder(string path)
    {
        foreach (string below in _settings.Keys.Where(key => key.StartsWith(path + ".", StringComparison.Ordinal)).ToArray()) _settings.Remove(below);
        _maps.Remove(path);
    }

    static bool IsChild(string name, string path) =>
        name.StartsWith(path + ".", StringComparison.Ordinal) && !name.AsSpan(path.Length + 1).Contains('.');

    static string? DefaultsPath(string path) =>
        path.Split('.') is ["listeners" or "upstreams", _, "limits" or "timeouts", _] parts ? $"defaults.{parts[2]}.{parts[3]}" : null;
}
