using System.Globalization;
using System.Text.Json.Nodes;

namespace SmtpTlsProxy.Configuration;

/// <summary>The JSON Schema of a configuration file, made from the key table.</summary>
static class JsonSchema
{
    /// <summary>Where a JSON file names its schema, for editors; it is no key of ours.</summary>
    public const string Key = "$schema";

    const string Duration = "^[0-9]+(ms|s|m|h)$";
    const string Size = "^[0-9]+(B|KiB|MiB|GiB)?$";

    public static JsonObject Create()
    {
        JsonObject schema = new() { [Key] = "http://json-schema.org/draft-07/schema#", ["title"] = "SmtpTlsProxy configuration" };
        foreach ((string key, JsonNode? value) in Object(KeyTable.Tree).ToArray()) schema[key] = value?.DeepClone();
        schema["properties"]![Key] = Text();
        return schema;
    }

    static JsonObject Of(KeyTree keys)
    {
        if (keys.Named is { } named) return NamedMap(Object(named));
        JsonObject? map = keys.Children.Count > 0 ? Object(keys) : null;
        if (keys.Key is not { } key) return map!;
        JsonObject leaf = Leaf(key);
        return map is null ? Described(leaf, key) : Described(AnyOf(leaf, map), key);
    }

    static JsonObject Object(KeyTree keys)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (KeyTree child in keys.Children)
        {
            properties[child.Segment] = Of(child);
            if (child.Key is { Required: true }) required.Add((JsonNode)child.Segment);
        }
        JsonObject schema = new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (required.Count > 0) schema["required"] = required;
        return schema;
    }

    static JsonObject NamedMap(JsonObject value) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["patternProperties"] = new JsonObject { [Names.Pattern] = value },
    };

    static JsonObject Leaf(KeyDefinition key) => key.Type switch
    {
        KeyType.Integer => new JsonObject { ["type"] = "integer", ["minimum"] = key.Min, ["maximum"] = key.Max },
        KeyType.Duration => Text(Duration),
        KeyType.Size => AnyOf(Text(Size), new JsonObject { ["type"] = "integer", ["minimum"] = key.Min }),
        KeyType.Word => Enum(key),
        KeyType.Words => OneOrMany(Enum(key)),
        KeyType.TlsVersion => AnyOf(Enum(key), Numbers(key)),
        KeyType.Flag => new JsonObject { ["type"] = "boolean" },
        KeyType.Texts or KeyType.DomainNames or KeyType.CipherSuites or KeyType.Groups => OneOrMany(Text()),
        KeyType.Name => Text(Names.Pattern),
        KeyType.Names => OneOrMany(Text(Names.Pattern)),
        KeyType.Pins => OneOrMany(Text(CertificatePin.Pattern)),
        KeyType.ListenAddresses or KeyType.Addresses or KeyType.Networks => OneOrMany(Text()),
        KeyType.Destinations => AnyOf(Text(), Many(Text()), NamedMap(Text())),
        _ => Text(),
    };

    static JsonObject Described(JsonObject schema, KeyDefinition key)
    {
        schema["description"] = key.Doc + (key.InForce ? "" : " Not in force yet.") + (key.Reloadable ? "" : " Only a restart changes it.");
        if (key.Default is { Length: > 0 } standard) schema["default"] = key.Type switch { KeyType.Integer => long.Parse(standard), KeyType.Flag => bool.Parse(standard), _ => standard };
        return schema;
    }

    static JsonObject Text(string? pattern = null)
    {
        JsonObject schema = new() { ["type"] = "string" };
        if (pattern is not null) schema["pattern"] = pattern;
        return schema;
    }

    static JsonObject Enum(KeyDefinition key)
    {
        JsonArray words = [];
        foreach (string word in key.Words) words.Add((JsonNode)word);
        return new JsonObject { ["type"] = "string", ["enum"] = words };
    }

    static JsonObject Numbers(KeyDefinition key)
    {
        JsonArray numbers = [];
        foreach (string word in key.Words) numbers.Add((JsonNode)decimal.Parse(word, CultureInfo.InvariantCulture));
        return new JsonObject { ["type"] = "number", ["enum"] = numbers };
    }

    static JsonObject OneOrMany(JsonObject one) => AnyOf(one, Many((JsonObject)one.DeepClone()));

    static JsonObject Many(JsonObject one) => new() { ["type"] = "array", ["items"] = one };

    static JsonObject AnyOf(params ReadOnlySpan<JsonObject> choices)
    {
        JsonArray all = [];
        foreach (JsonObject choice in choices) all.Add((JsonNode)choice);
        return new JsonObject { ["anyOf"] = all };
    }
}
