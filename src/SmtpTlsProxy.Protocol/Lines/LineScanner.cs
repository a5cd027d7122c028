namespace SmtpTlsProxy.Protocol;

/// <summary>Finds the first line of a contiguous run of octets.</summary>
public static class LineScanner
{
    /// <summary>Scans for the first LF within <paramref name="limit"/> octets, line end included.</summary>
    public static Line Scan(ReadOnlySpan<byte> input, int limit)
    {
        int lf = input[..Math.Min(limit, input.Length)].IndexOf((byte)'\n');
        if (lf < 0)
            return new Line { End = input.Length < limit ? LineEnd.NeedsMore : LineEnd.TooLong };
        bool isBare = lf == 0 || input[lf - 1] != '\r';
        return new Line
        {
            End = isBare ? LineEnd.BareLf : LineEnd.CrLf,
            Text = input[..(isBare ? lf : lf - 1)],
            Length = lf + 1,
        };
    }
}
