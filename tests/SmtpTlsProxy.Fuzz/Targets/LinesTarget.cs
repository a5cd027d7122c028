using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Fuzz;

/// <summary>The first octet is the limit; the rest is scanned, whole and as it grows.</summary>
static class LinesTarget
{
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        for (int end = 1; end <= input.Length; end++)
            Compare(input.AsSpan(1..end), input[0] + 1);
    }

    static void Compare(ReadOnlySpan<byte> octets, int limit)
    {
        Line line = LineScanner.Scan(octets, limit);
        string seen = Demand.Latin(octets);
        int lf = seen.IndexOf('\n');
        LineEnd expected = lf >= 0 && lf < limit ? lf > 0 && seen[lf - 1] == '\r' ? LineEnd.CrLf : LineEnd.BareLf
            : seen.Length >= limit ? LineEnd.TooLong : LineEnd.NeedsMore;
        Demand.That(line.End == expected, $"{line.End} where {expected} is right");
        bool ended = expected is LineEnd.CrLf or LineEnd.BareLf;
        Demand.That(line.Length == (ended ? lf + 1 : 0), "the line has another length");
        Demand.That(Demand.Latin(line.Text) == (ended ? seen[..(expected is LineEnd.CrLf ? lf - 1 : lf)] : ""), "the line has another text");
    }
}
