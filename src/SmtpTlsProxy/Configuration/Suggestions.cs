namespace SmtpTlsProxy.Configuration;

/// <summary>What an unknown key may have meant: a neighbour's name, or a key that belongs elsewhere.</summary>
static class Suggestions
{
    public static string For(string key, KeyTree keys)
    {
        IReadOnlyList<string> siblings = [.. keys.Children.Select(child => child.Segment)];
        if (Elsewhere(key) is { } path) return $"It is a key of {path}: move it there";
        if (Nearest.Of(key, siblings) is { } near) return $"Did you mean {near}?";
        return $"Known here are {string.Join(", ", siblings)}";
    }

    static string? Elsewhere(string key)
    {
        foreach (KeyDefinition known in KeyTable.Keys)
        {
            string[] parts = known.Path.Split('.');
            int at = Array.FindIndex(parts, part => part.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (at > 0) return string.Join('.', parts[..at]);
        }
        return null;
    }
}
