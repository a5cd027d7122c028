namespace SmtpTlsProxy.Protocol;

/// <summary>What is done about one place in the queue when its turn comes.</summary>
enum Treatment : byte
{
    /// <summary>The upstream's reply is relayed.</summary>
    Relay,

    /// <summary>The upstream's 250 to EHLO is rewritten (rule 1.3).</summary>
    EhloRewrite,

    /// <summary>The upstream's 250 to the HELO that stands in for a refused EHLO becomes an EHLO answer (rule 1.4).</summary>
    HeloForEhlo,

    /// <summary>The upstream's 250 to the RSET that stands in for a second EHLO becomes the answer to its first (quirk <c>singleEhlo</c>).</summary>
    RsetForEhlo,

    /// <summary>The upstream's reply to our RSET before STARTTLS stays here (rule 3.2).</summary>
    SwallowRset,

    /// <summary>The upstream's final reply to DATA is awaited.</summary>
    EndOfData,

    /// <summary>The upstream's reply to a chunk is awaited.</summary>
    Chunk,

    /// <summary>The upstream's reply to the last chunk is awaited.</summary>
    LastChunk,

    /// <summary>Our own reply.</summary>
    Own,

    /// <summary>An early final reply of the upstream, kept until the client's content has ended (rule 5.6).</summary>
    Kept,

    /// <summary>STARTTLS: the session takes over.</summary>
    StartTls,
}

/// <summary>One place in the queue of replies.</summary>
struct Pending
{
    public Verb Verb;
    public Treatment Treatment;

    /// <summary>Nothing behind it is read before its reply is out (rule 2.6).</summary>
    public bool IsBarrier;

    /// <summary>Whether octets wait behind it decides what its reply leads to (rules 2.6, 2.11).</summary>
    public bool LooksBehind;

    /// <summary>For <see cref="Treatment.Own"/>.</summary>
    public OwnReply? Own;

    /// <summary>For <see cref="Treatment.EndOfData"/>: how many final replies are still to come (rule 1.5).</summary>
    public int FinalReplies;

    /// <summary>For chunks: how many octets were announced.</summary>
    public long Octets;

    public readonly bool AwaitsUpstream => Treatment < Treatment.Own;

    /// <summary>Its reply says what became of a message.</summary>
    public readonly bool EndsMessage => Treatment is Treatment.EndOfData or Treatment.LastChunk;
}
