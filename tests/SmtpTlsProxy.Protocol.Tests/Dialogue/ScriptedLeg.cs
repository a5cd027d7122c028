namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>The input side of one leg, as the relay sees it.</summary>
sealed class ScriptedLeg
{
    readonly List<byte> _input = [];
    int _needed;

    public InputEnd? End { get; set; }

    public bool IsEmpty => _input.Count == 0;

    public ReadOnlySpan<byte> Rest => _input.ToArray();

    /// <summary>Octets beyond those that were not enough before.</summary>
    public bool HasData => _input.Count > _needed;

    public void Feed(ReadOnlySpan<byte> octets) => _input.AddRange(octets);

    public void Consume(int count)
    {
        _input.RemoveRange(0, count);
        _needed = 0;
    }

    public void NeedMore() => _needed = _input.Count;
}
