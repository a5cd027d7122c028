using YamlDotNet.Core;

namespace SmtpTlsProxy.Configuration;

/// <summary>A configuration file. JSON is read the same way: YAML contains it.</summary>
static class YamlSource
{
    public static Source FromFile(string path)
    {
        try
        {
            return FromText(File.ReadAllText(path), path) with { File = path };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Source.Unreadable(path, new Origin(OriginKind.File, path), $"the file cannot be read: {e.Message.TrimEnd('.')}",
                "Name an existing file with --config and let the proxy's user read it");
        }
    }

    public static Source FromText(string text, string name)
    {
        try
        {
            return Source.Of(name, new YamlTree(text, name).Read());
        }
        catch (YamlException e)
        {
            Origin origin = Origin.File(name, LineOf(e, text), e.Start.Column);
            return Source.Unreadable(name, origin, $"this is no valid YAML or JSON: {e.Message.TrimEnd('.')}",
                "Correct the line; indent with spaces and quote values that contain ': ' or begin with [ or *");
        }
    }

    // The parser blames a tab on the map that it stands in.
    static long LineOf(YamlException e, string text)
    {
        int tab = e.Message.Contains("invalid tab", StringComparison.Ordinal) ? Array.FindIndex(text.Split('\n'), line => line.StartsWith('\t')) : -1;
        return tab < 0 ? e.Start.Line : tab + 1;
    }
}
