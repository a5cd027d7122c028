using System.Collections;

namespace SmtpTlsProxy.Configuration;

/// <summary>
/// <c>SMTP_TLS_PROXY__LISTENERS__MX__TLS=required</c>: two underscores between the words of a path, lists with commas or as <c>__0</c>, <c>__1</c>.
/// Nothing else is ours: Kubernetes puts SMTP_TLS_PROXY_PORT and the like beside a service of that name.
/// </summary>
static class EnvironmentSource
{
    public const string Prefix = "SMTP_TLS_PROXY__";

    public static Source FromProcess()
    {
        IEnumerable<DictionaryEntry> all = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();
        return From(all.Select(pair => KeyValuePair.Create((string)pair.Key, (string?)pair.Value ?? "")));
    }

    public static Source From(IEnumerable<KeyValuePair<string, string>> variables)
    {
        TreeBuilder tree = new(Origin.Environment(Prefix + "…"));
        foreach ((string variable, string value) in variables.Where(IsOurs).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            tree.Put(variable[Prefix.Length..].ToLowerInvariant().Split("__"), value, Origin.Environment(variable));
        return Source.Of("environment", tree.Build());
    }

    static bool IsOurs(KeyValuePair<string, string> variable) => variable.Key.StartsWith(Prefix, StringComparison.Ordinal);
}
