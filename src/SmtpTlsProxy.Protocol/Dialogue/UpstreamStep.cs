namespace SmtpTlsProxy.Protocol;

/// <summary>What became of a run of upstream octets.</summary>
public readonly ref struct UpstreamStep
{
    /// <summary>What goes to the client: a slice of the input, a rewritten EHLO answer, or a literal; empty for nothing.</summary>
    public ReadOnlySpan<byte> Output { get; init; }

    /// <summary>What must still go upstream because of this reply (HELO after a refused EHLO, rule 1.4); empty for nothing.</summary>
    public ReadOnlySpan<byte> ToUpstream { get; init; }

    /// <summary>How many octets of the input are done with.</summary>
    public int Consumed { get; init; }

    /// <summary>What is left of the input cannot be judged without more octets behind it.</summary>
    public bool NeedsMore { get; init; }

    /// <summary>Final if the session closes now.</summary>
    public Verdict Verdict { get; init; }
}
