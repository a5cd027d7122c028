namespace SmtpTlsProxy.Protocol;

/// <summary>
/// Finds the end of DATA and does with bare CR and LF as the listener says (rules 5.1, 5.2). Holds no octets back: what cannot be judged at
/// the end of a span stays unconsumed. A mutable struct: one a message, in a field, never copied.
/// </summary>
public struct DataScanner
{
    readonly BareNewlines _mode;
    StrictScanner _strict;
    NormalizingScanner _normalizing;
    bool _isRefused;

    /// <summary>A scanner for one message; it stands behind the CRLF of the DATA line, which counts as the first.</summary>
    public DataScanner(BareNewlines mode)
    {
        _mode = mode;
        _normalizing = new NormalizingScanner(mode);
    }

    /// <summary>Content octets seen from the client so far, without the end-of-data line; stuffed dots count.</summary>
    public long Size { get; private set; }

    /// <summary>A bare CR or LF was met, in whatever mode.</summary>
    public readonly bool SawBare => _strict.SawBare || _normalizing.SawBare;

    /// <summary>
    /// Scans a run of content. Call until it asks for more, has consumed everything, or ended. The output is good until this thread scans
    /// again.
    /// </summary>
    public DataStep Scan(ReadOnlySpan<byte> input)
    {
        DataStep step = _mode == BareNewlines.Pass ? _strict.Scan(input) : _isRefused ? Drop(input) : Pieces.Gather(ref _normalizing, input);
        Size += step.Consumed - step.EndLine;
        if (step.BareFound)
        {
            _isRefused = true;
            _strict = StrictScanner.InsideLine;
        }
        return step;
    }

    DataStep Drop(ReadOnlySpan<byte> input)
    {
        DataStep step = _strict.Scan(input);
        return new DataStep { Consumed = step.Consumed, NeedsMore = step.NeedsMore, EndLine = step.EndLine };
    }
}
