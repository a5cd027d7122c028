namespace SmtpTlsProxy.Configuration;

/// <summary>The key table as a tree: which keys may stand beneath a path.</summary>
sealed class KeyTree(string segment)
{
    readonly List<KeyTree> _children = [];

    public string Segment => segment;
    public KeyDefinition? Key { get; private set; }

    /// <summary>Beneath a path whose keys are names that the operator chooses; null elsewhere.</summary>
    public KeyTree? Named => _children.Find(child => child.Segment == "*");

    public IReadOnlyList<KeyTree> Children => _children;

    public KeyTree? Child(string key) => _children.Find(child => child.Segment.Equals(key, StringComparison.OrdinalIgnoreCase));

    public static KeyTree Of(IEnumerable<KeyDefinition> keys)
    {
        KeyTree root = new("");
        foreach (KeyDefinition key in keys) root.Put(key);
        return root;
    }

    void Put(KeyDefinition key)
    {
        KeyTree node = this;
        foreach (string part in key.Path.Split('.')) node = node.Grow(part);
        node.Key = key;
    }

    KeyTree Grow(string part)
    {
        if (_children.Find(child => child.Segment == part) is { } there) return there;
        _children.Add(new KeyTree(part));
        return _children[^1];
    }
}
