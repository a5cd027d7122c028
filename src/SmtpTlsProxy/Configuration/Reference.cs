using System.Text;

namespace SmtpTlsProxy.Configuration;

/// <summary>The configuration reference of the README, made from the key table.</summary>
static class Reference
{
    public const string Begin = "<!-- reference:begin -->";
    public const string End = "<!-- reference:end -->";

    public static string Markdown()
    {
        StringBuilder text = new();
        text.Append("| key | values | default | |\n| --- | --- | --- | --- |\n");
        foreach (KeyDefinition key in KeyTable.Keys.Where(key => !RepeatsDefaults(key))) text.Append(Row(key)).Append('\n');
        text.Append("\nThe keys of `defaults.limits` and `defaults.timeouts` may be repeated as `limits` and `timeouts` of a listener or upstream.\n");
        return text.ToString();
    }

    static bool RepeatsDefaults(KeyDefinition key) =>
        !key.Path.StartsWith("defaults.", StringComparison.Ordinal) && (key.Path.Contains(".limits.") || key.Path.Contains(".timeouts."));

    static string Row(KeyDefinition key) => $"| `{key.Path}` | {Values(key)} | {Default(key)} | {Cell(key.Doc)}{Notes(key)} |";

    static string Values(KeyDefinition key) => key.Type switch
    {
        KeyType.Word or KeyType.Words or KeyType.TlsVersion or KeyType.Groups => string.Join(", ", key.Words.Select(word => $"`{word}`")),
        KeyType.Integer => $"{key.Min} – {key.Max}",
        _ => key.Type.Noun,
    };

    static string Default(KeyDefinition key) => key switch
    {
        { Required: true } => "**required**",
        { DefaultDoc: { } words } => Cell(words),
        { Default: { } text } => $"`{text}`",
        _ => "–",
    };

    static string Notes(KeyDefinition key)
    {
        string notes = key.Reloadable ? "" : " Only a restart changes it.";
        if (!key.InForce) return notes + " *Not in force yet.*";
        return key.WordsNotInForce.Count == 0 ? notes : $"{notes} *Not in force yet: {string.Join(", ", key.WordsNotInForce)}.*";
    }

    static string Cell(string text) => text.Replace("|", "\\|");
}
