namespace SmtpTlsProxy.Transport.OpenSsl;

using System.Buffers;

/// <summary>Ciphertext made and not yet sent. Empty it holds no memory, so an idle connection costs none.</summary>
struct GatherBuffer
{
    // A reply's record fits; content doubles from here.
    const int FirstSize = 4 * 1024;

    byte[]? _octets;
    int _start;
    int _end;

    internal readonly int Length => _end - _start;

    internal readonly ReadOnlySpan<byte> Octets => _octets.AsSpan(_start, Length);

    internal void Append(ReadOnlySpan<byte> octets)
    {
        MakeRoom(octets.Length);
        octets.CopyTo(_octets.AsSpan(_end));
        _end += octets.Length;
    }

    internal void Consume(int count)
    {
        _start += count;
        if (_start == _end)
            Release();
    }

    internal void Release()
    {
        if (_octets is not null)
            ArrayPool<byte>.Shared.Return(_octets);
        this = default;
    }

    void MakeRoom(int more)
    {
        if (_octets is not null && _end + more <= _octets.Length)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, 2 * Length + more));
        Octets.CopyTo(larger);
        if (_octets is not null)
            ArrayPool<byte>.Shared.Return(_octets);
        (_octets, _start, _end) = (larger, 0, Length);
    }
}
