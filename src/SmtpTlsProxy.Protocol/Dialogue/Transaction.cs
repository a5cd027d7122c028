namespace SmtpTlsProxy.Protocol;

/// <summary>One mail transaction as the upstream's replies have it (RFC 5321 section 3.3). A mutable struct.</summary>
struct Transaction
{
    /// <summary>MAIL was accepted, and nothing has reset it since.</summary>
    public bool MailAccepted { get; private set; }

    /// <summary>How many RCPTs were accepted: under LMTP so many final replies are owed (rule 1.5).</summary>
    public int Recipients { get; private set; }

    /// <summary>DATA was answered 354, or a chunk was answered.</summary>
    public bool ContentBegun { get; private set; }

    /// <summary>What became of the message was told.</summary>
    public bool IsConcluded { get; private set; }

    /// <summary>Octets of the chunks that were answered.</summary>
    public long ChunkOctets { get; private set; }

    /// <summary>Its final reply is still to come.</summary>
    public readonly bool IsOpen => MailAccepted && !IsConcluded;

    public void Begin() => this = new Transaction { MailAccepted = true };

    public void RecipientAccepted() => Recipients++;

    public void BeginContent() => ContentBegun = true;

    public void ChunkAnswered(long octets)
    {
        ContentBegun = true;
        ChunkOctets += octets;
    }

    public void Conclude() => IsConcluded = true;
}
