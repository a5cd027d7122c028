using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SmtpTlsProxy.Configuration;

/// <summary>Builds the tree from YAML parser events, which know line and column; a deserializer would need reflection and lose them.</summary>
sealed class YamlTree(string text, string name)
{
    const int MaxDepth = 16;

    readonly Parser _parser = new(new StringReader(text));
    readonly Dictionary<AnchorName, ConfigNode> _anchors = [];

    public ConfigNode? Read()
    {
        try
        {
            return Document();
        }
        catch (InvalidOperationException)                             // the scanner's answer to some unfinished text
        {
            throw Failure("the text cannot be followed");
        }
    }

    ConfigNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        ConfigNode root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out DocumentStart? second)) throw new YamlException(second.Start, second.End, "a second document begins");
        return root;
    }

    ConfigNode Node(int depth)
    {
        if (depth > MaxDepth) throw Failure("it is nested too deep");
        if (_parser.TryConsume<AnchorAlias>(out AnchorAlias? alias)) return Aliased(alias);
        if (!_parser.Accept<NodeEvent>(out NodeEvent? start)) throw Failure("a value is missing");
        ConfigNode node = start switch
        {
            MappingStart => Map(depth),
            SequenceStart => List(depth),
            _ => Scalar(),
        };
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = node;
        return node;
    }

    ConfigNode Aliased(AnchorAlias alias) =>
        _anchors.TryGetValue(alias.Value, out ConfigNode? node)
            ? node
            : throw new YamlException(alias.Start, alias.End, $"the alias *{alias.Value} has no anchor before it");

    ConfigNode.Map Map(int depth)
    {
        Origin origin = At(_parser.Consume<MappingStart>());
        List<ConfigNode.Entry> entries = [];
        while (!_parser.TryConsume<MappingEnd>(out _)) entries.Add(Entry(depth));
        return new ConfigNode.Map(entries, origin);
    }

    ConfigNode.Entry Entry(int depth)
    {
        if (!_parser.TryConsume<Scalar>(out Scalar? key)) throw Failure("a key must be text");
        return new ConfigNode.Entry(key.Value, At(key), Node(depth + 1));
    }

    ConfigNode.List List(int depth)
    {
        Origin origin = At(_parser.Consume<SequenceStart>());
        List<ConfigNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
        return new ConfigNode.List(items, origin);
    }

    ConfigNode.Scalar Scalar()
    {
        Scalar scalar = _parser.Consume<Scalar>();
        bool isNull = scalar.Value is "" or "~" or "null" or "Null" or "NULL";
        return new ConfigNode.Scalar(scalar.Value, isNull && scalar.Style is ScalarStyle.Plain, At(scalar));
    }

    Origin At(ParsingEvent happened) => Origin.File(name, happened.Start.Line, happened.Start.Column);

    YamlException Failure(string problem)
    {
        ParsingEvent? current = _parser.Current;
        return current is null ? new YamlException(problem) : new YamlException(current.Start, current.End, problem);
    }
}
