namespace SmtpTlsProxy.Configuration;

/// <summary>What a source says before anything is known about keys: maps, lists and text, each with its origin.</summary>
abstract record ConfigNode(Origin Origin)
{
    public sealed record Scalar(string Text, bool IsNull, Origin Origin) : ConfigNode(Origin);

    public sealed record List(IReadOnlyList<ConfigNode> Items, Origin Origin) : ConfigNode(Origin);

    public sealed record Map(IReadOnlyList<Entry> Entries, Origin Origin) : ConfigNode(Origin);

    public sealed record Entry(string Key, Origin Origin, ConfigNode Value);

    public string Kind => this switch { Map => "a map", List => "a list", Scalar { IsNull: true } => "nothing", _ => "a value" };
}
