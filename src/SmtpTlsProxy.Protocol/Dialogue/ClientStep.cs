namespace SmtpTlsProxy.Protocol;

/// <summary>What became of a run of client octets.</summary>
public readonly ref struct ClientStep
{
    /// <summary>What goes upstream: a slice of the input or a literal; empty for nothing. Written before anything is consumed.</summary>
    public ReadOnlySpan<byte> Output { get; init; }

    /// <summary>How many octets of the input are done with.</summary>
    public int Consumed { get; init; }

    /// <summary>What is left of the input cannot be judged without more octets behind it.</summary>
    public bool NeedsMore { get; init; }

    /// <summary>Final if the session closes now.</summary>
    public Verdict Verdict { get; init; }
}
