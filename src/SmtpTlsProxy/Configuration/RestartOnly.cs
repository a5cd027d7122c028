namespace SmtpTlsProxy.Configuration;

/// <summary>A reload is all or nothing: what only a restart can change refuses it whole.</summary>
static class RestartOnly
{
    /// <summary>The changes from the running to the next configuration that need a restart; none: the reload may go on.</summary>
    public static IReadOnlyList<Mistake> Changes(LoadResult running, LoadResult next)
    {
        Dictionary<string, EffectiveValue> before = Fixed(running);
        Dictionary<string, EffectiveValue> after = Fixed(next);
        return [.. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal).Select(path => Compare(path, before, after)).OfType<Mistake>()];
    }

    static Mistake? Compare(string path, Dictionary<string, EffectiveValue> before, Dictionary<string, EffectiveValue> after)
    {
        before.TryGetValue(path, out EffectiveValue? old);
        after.TryGetValue(path, out EffectiveValue? changed);
        if (old?.Value == changed?.Value) return null;
        string problem = (old, changed) switch
        {
            (null, _) => $"{changed!.Value} was added",
            (_, null) => $"{old.Value} was removed",
            _ => $"{old.Value} became {changed.Value}",
        };
        return new Mistake(path, changed?.Origin ?? old!.Origin, $"{problem}, which only a restart can change", "Restart the proxy, or put it back");
    }

    static Dictionary<string, EffectiveValue> Fixed(LoadResult result) =>
        result.Effective.Where(value => value.Key is { Reloadable: false }).ToDictionary(value => value.Path);
}
