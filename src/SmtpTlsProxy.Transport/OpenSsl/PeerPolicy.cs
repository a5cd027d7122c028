namespace SmtpTlsProxy.Transport.OpenSsl;

/// <summary>
/// Decides over a peer's certificate, inside the handshake: where it is enforced a bad verdict is an alert, before anything of ours was sent.
/// Asked on a loop's thread, so what takes time (a name looked up, a list fetched) is there before. Policies that are not equal share no sessions:
/// whoever decides by something else than before is another policy.
/// </summary>
public abstract class PeerPolicy
{
    /// <summary>Chain, name and time must be right: what holds where a target names no policy.</summary>
    public static PeerPolicy Pkix { get; } = new PkixPolicy();

    /// <summary>Without a name or address to verify, it cannot say that a certificate is good.</summary>
    public virtual bool NeedsName => true;

    /// <summary>The verdict over what the peer has shown.</summary>
    public abstract Verdict Judge(PeerEvidence evidence);

    sealed class PkixPolicy : PeerPolicy
    {
        public override Verdict Judge(PeerEvidence evidence) => Verdict.Pkix(evidence);
    }
}

/// <summary>What a policy decided, and why.</summary>
/// <param name="Result">Ok, or the word under which it is counted.</param>
/// <param name="Rule">What decided: <c>pkix</c>, <c>pin</c>.</param>
/// <param name="Reason">Why, in words for an operator; never a peer's own.</param>
public sealed record Verdict(HandshakeOutcome Result, string Rule, string Reason)
{
    /// <summary>The certificate is good.</summary>
    public bool IsGood => Result is HandshakeOutcome.Ok;

    /// <summary>By chain, name and time alone (RFC 5280, RFC 9525). The first fault that was met is the reason.</summary>
    public static Verdict Pkix(PeerEvidence evidence) => evidence switch
    {
        { First: not HandshakeOutcome.Ok } => new Verdict(evidence.First, "pkix", evidence.Detail),
        { IsNamed: false } => new Verdict(HandshakeOutcome.Name, "pkix", "there is no name to verify"),
        _ => new Verdict(HandshakeOutcome.Ok, "pkix", "chain, name and time are right"),
    };
}
