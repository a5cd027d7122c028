namespace SmtpTlsProxy.Transport.Sockets;

using System.Collections;
using Microsoft.AspNetCore.Http.Features;

/// <summary>
/// A connection's features: half a dozen, Kestrel's own, set once and hardly read. An array walked through is smaller and faster than a dictionary.
/// </summary>
sealed class LoopFeatures : IFeatureCollection
{
    KeyValuePair<Type, object>[] _features = new KeyValuePair<Type, object>[6];
    int _count;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get => IndexOf(key) is var at and >= 0 ? _features[at].Value : null;
        set => Replace(key, value);
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.Take(_count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void Replace(Type key, object? value)
    {
        Revision++;
        int at = IndexOf(key);
        if (value is null)
            Remove(at);
        else if (at >= 0)
            _features[at] = new(key, value);
        else
            Add(new(key, value));
    }

    void Add(KeyValuePair<Type, object> feature)
    {
        if (_count == _features.Length)
            Array.Resize(ref _features, _count * 2);
        _features[_count++] = feature;
    }

    void Remove(int at)
    {
        if (at < 0)
            return;
        _features[at] = _features[--_count];
        _features[_count] = default;
    }

    int IndexOf(Type key)
    {
        for (int at = 0; at < _count; at++)
        {
            if (_features[at].Key == key)
                return at;
        }

        return -1;
    }
}
