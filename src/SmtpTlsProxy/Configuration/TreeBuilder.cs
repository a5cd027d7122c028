namespace SmtpTlsProxy.Configuration;

/// <summary>Makes a tree of paths and values, for sources that are flat: the environment and flags.</summary>
sealed class TreeBuilder(Origin origin)
{
    readonly Branch _root = new(origin);

    public void Put(ReadOnlySpan<string> path, string value, Origin from)
    {
        Branch branch = _root;
        foreach (string segment in path) branch = branch.Child(segment, from);
        branch.Values.Add(new ConfigNode.Scalar(value, false, from));
    }

    public ConfigNode? Build() => _root.Children.Count == 0 ? null : _root.ToMap();

    sealed class Branch(Origin origin)
    {
        public List<(string Key, Branch Branch)> Children { get; } = [];
        public List<ConfigNode.Scalar> Values { get; } = [];

        public Branch Child(string key, Origin from)
        {
            int found = Children.FindIndex(child => child.Key == key);
            if (found >= 0) return Children[found].Branch;
            Children.Add((key, new Branch(from)));
            return Children[^1].Branch;
        }

        public ConfigNode.Map ToMap() => new([.. Children.SelectMany(child => child.Branch.ToEntries(child.Key))], origin);

        // A value and keys beneath it, or a value twice, become entries of one name: the reader says what is wrong with that.
        IEnumerable<ConfigNode.Entry> ToEntries(string key)
        {
            foreach (ConfigNode.Scalar value in Values) yield return new ConfigNode.Entry(key, value.Origin, value);
            if (Children.Count > 0) yield return new ConfigNode.Entry(key, origin, ToMap());
        }
    }
}
