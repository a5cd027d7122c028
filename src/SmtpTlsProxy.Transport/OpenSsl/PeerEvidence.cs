namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>What can be wrong with a certificate and its chain; several at once.</summary>
[Flags]
public enum PeerFaults : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The chain leads to no trusted root, or breaks a rule on the way.</summary>
    Untrusted = 1,

    /// <summary>A certificate of the chain is expired or not yet valid.</summary>
    Time = 2,

    /// <summary>The leaf is for another name or address than expected.</summary>
    Name = 4,

    /// <summary>A certificate of the chain was revoked.</summary>
    Revoked = 8,
}

/// <summary>What a peer has shown in a full handshake, and all that OpenSSL found wrong with it.</summary>
/// <param name="Chain">What it sent, the leaf first (DER); never empty.</param>
/// <param name="IsNamed">A name or an address was expected.</param>
public sealed record PeerEvidence(IReadOnlyList<ReadOnlyMemory<byte>> Chain, bool IsNamed)
{
    /// <summary>Everything that was found.</summary>
    public PeerFaults Faults { get; private set; }

    /// <summary>What was found first; Ok for nothing.</summary>
    public HandshakeOutcome First { get; private set; }

    /// <summary>OpenSSL's words for the first fault.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The peer's own certificate (DER).</summary>
    public ReadOnlyMemory<byte> Leaf => Chain[0];

    /// <summary>OpenSSL's number of the first fault.</summary>
    internal int FirstError { get; private set; }

    internal void Note(int error)
    {
        HandshakeOutcome what = Verification.OutcomeOf(error);
        Faults |= what switch
        {
            HandshakeOutcome.Expired => PeerFaults.Time,
            HandshakeOutcome.Name => PeerFaults.Name,
            HandshakeOutcome.Revoked => PeerFaults.Revoked,
            _ => PeerFaults.Untrusted,
        };
        if (FirstError == 0)
            (FirstError, First, Detail) = (error, what, Verification.TextOf(error));
    }
}

/// <summary>A peer that was judged: kept with its sessions, because a resumption shows no certificate.</summary>
sealed record JudgedPeer(PeerEvidence Evidence, Verdict Verdict);
