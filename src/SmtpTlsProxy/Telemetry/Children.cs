using System.Runtime.CompilerServices;
using Prometheus;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One counter for each member of a byte-sized enum, resolved once: a session counts by index, never by string. All are there at 0 from the start.</summary>
sealed class Children<TKey> where TKey : struct, Enum
{
    readonly Counter.Child[] _children;

    /// <param name="labels">A label value for each member, in the members' order.</param>
    /// <param name="resolve">From a label value to its counter.</param>
    public Children(IReadOnlyList<string> labels, Func<string, Counter.Child> resolve) => _children = [.. labels.Select(resolve)];

    public Counter.Child this[TKey key] => _children[Unsafe.BitCast<TKey, byte>(key)];
}
