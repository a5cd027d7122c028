namespace SmtpTlsProxy.Protocol;

/// <summary>What became of a run of content octets. The caller writes <see cref="Output"/>, then consumes, then scans again.</summary>
public readonly ref struct DataStep
{
    /// <summary>What goes upstream: a slice of the input or a literal; empty for nothing.</summary>
    public ReadOnlySpan<byte> Output { get; init; }

    /// <summary>How many octets of the input are done with. There is more to scan while it is less than the input and nothing else is set.</summary>
    public int Consumed { get; init; }

    /// <summary>What is left of the input cannot be judged without more octets behind it.</summary>
    public bool NeedsMore { get; init; }

    /// <summary>The client's end of data was consumed, and is in <see cref="Output"/>. What is left of the input is not content.</summary>
    public bool Ended => EndLine > 0;

    /// <summary>
    /// Under <see cref="BareNewlines.Reject"/>, once a message: the first bare octet was met. <see cref="Output"/> stops before it, and is
    /// empty from then on; the scanner goes on to the client's true end.
    /// </summary>
    public bool BareFound { get; init; }

    /// <summary>How long the client's end-of-data line was: <c>.</c> and its line end.</summary>
    internal int EndLine { get; init; }
}
