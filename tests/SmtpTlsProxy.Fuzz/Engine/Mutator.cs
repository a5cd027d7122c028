using System.Text;

namespace SmtpTlsProxy.Fuzz;

/// <summary>Makes an input out of the corpus: a few small changes, often at the places that matter to a line protocol.</summary>
sealed class Mutator(IReadOnlyList<byte[]> corpus, string[] tokens, int seed)
{
    const int Longest = 4096;

    readonly Random _random = new(seed);

    readonly byte[][] _tokens = [.. tokens.Select(Encoding.Latin1.GetBytes)];

    static readonly byte[] _liked = [0, 1, 9, 10, 13, 32, 45, 46, 48, 57, 127, 128, 255];

    public byte[] Next()
    {
        List<byte> input = [.. Pick(corpus)];
        for (int changes = 1 + _random.Next(8); changes > 0; changes--)
            Change(input);
        return [.. input.Take(Longest)];
    }

    void Change(List<byte> input)
    {
        int at = _random.Next(input.Count + 1);
        int length = Math.Min(input.Count - at, 1 + _random.Next(12));
        switch (_random.Next(9))
        {
            case 0 when at < input.Count: input[at] ^= (byte)(1 << _random.Next(8)); break;
            case 1 when at < input.Count: input[at] = (byte)_random.Next(256); break;
            case 2 when at < input.Count: input[at] = Pick(_liked); break;
            case 3: input.RemoveRange(at, length); break;
            case 4: input.InsertRange(at, input.GetRange(at, length)); break;
            case 5: input.InsertRange(at, Enumerable.Repeat(Pick(_liked), 1 << _random.Next(_random.Next(12)))); break;
            case 6: Splice(input, at); break;
            default: input.InsertRange(at, Pick(_tokens)); break;
        }
    }

    void Splice(List<byte> input, int at)
    {
        byte[] other = Pick(corpus);
        int from = _random.Next(other.Length + 1);
        input.InsertRange(at, other.AsSpan(from..Math.Min(other.Length, from + 64)).ToArray());
    }

    T Pick<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];
}
