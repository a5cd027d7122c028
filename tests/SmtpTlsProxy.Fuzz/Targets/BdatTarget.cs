using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Fuzz;

/// <summary>An argument of BDAT, then the chunk counted in pieces.</summary>
static class BdatTarget
{
    public static void Run(byte[] input)
    {
        string argument = Demand.Latin(input);
        bool taken = ChunkCounter.TryParseBdat(input, out long size, out bool last);
        bool expected = Reader.TrySize("BDAT " + argument, out long rightSize, out bool rightLast);
        Demand.That(taken == expected, $"{(taken ? "taken" : "refused")}: {Show.Octets(argument)}");
        if (!taken)
            return;
        Demand.That((size, last) == (rightSize, rightLast), $"{size} {last} where {rightSize} {rightLast} is right");
        Count(input, size, last);
    }

    static void Count(byte[] pieces, long size, bool last)
    {
        ChunkCounter counter = new(size, last);
        long left = size;
        foreach (byte piece in pieces)
        {
            int available = piece << (piece & 15);
            int took = counter.Take(available);
            Demand.That(took == Math.Min(available, left), $"{took} taken of {available} with {left} to come");
            left -= took;
            Demand.That(counter.Remaining == left && counter.IsDone == (left == 0) && counter.Last == last, "another rest");
        }
    }
}
