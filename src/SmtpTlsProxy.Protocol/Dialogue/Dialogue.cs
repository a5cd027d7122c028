namespace SmtpTlsProxy.Protocol;

/// <summary>
/// One SMTP dialogue, pure: octets of either side in; what goes to the other side, what is consumed and what follows out. No clock, no I/O.
/// Made anew after STARTTLS, never cleaned (RFC 3207 section 4.2).
/// </summary>
public sealed partial class Dialogue
{
    /// <summary>
    /// The first dialogue of a session. With <paramref name="ownGreeting"/> the client is greeted by us (rule 4.2: behind STARTTLS), and the
    /// upstream's greeting has been consumed by whoever made the leg safe; otherwise the upstream's greeting is the first expected reply.
    /// </summary>
    public static Dialogue Start(Rules rules, LegSecurity client, LegSecurity upstream, bool ownGreeting, DialogueObserver observer) => throw new NotImplementedException();

    /// <summary>The dialogue after a STARTTLS handshake on the client leg; only the count of bad commands survives (rules 3.3, 3.4).</summary>
    public static Dialogue AfterStartTls(Rules rules, LegSecurity client, LegSecurity upstream, int badCommands, DialogueObserver observer) => throw new NotImplementedException();

    /// <summary>Bad commands so far.</summary>
    public int BadCommands => throw new NotImplementedException();

    /// <summary>What is awaited now.</summary>
    public Waiting Waiting => throw new NotImplementedException();

    /// <summary>False at a barrier, with a full queue, while a 354 is awaited, and before the greeting: client octets stay unread.</summary>
    public bool WantsClient => throw new NotImplementedException();

    /// <summary>Client octets are read and dropped: they need no room upstream.</summary>
    public bool Discards => throw new NotImplementedException();

    /// <summary>The upstream must be reset now and not be read any more; the dialogue goes on without it (rules 5.2 reject, 5.6).</summary>
    public bool CutsUpstream => throw new NotImplementedException();

    /// <summary>The next reply depends on whether client octets wait behind the command it answers (rule 2.6: DATA, AUTH): look before taking it.</summary>
    public bool LooksBehind => throw new NotImplementedException();

    /// <summary>What the queue's state asks for once own replies are out: Upgrade (STARTTLS's turn), Close (221 out, 421 out), or Wait.</summary>
    public Verdict Due => throw new NotImplementedException();

    /// <summary>Takes a run of client octets. Call only while <see cref="WantsClient"/>.</summary>
    public ClientStep FromClient(ReadOnlySpan<byte> input) => throw new NotImplementedException();

    /// <summary>The client's input ended; everything received before has been taken.</summary>
    public Verdict ClientEnded(InputEnd end) => throw new NotImplementedException();

    /// <summary>
    /// Our own reply if it stands at the head of the queue; false when the head awaits the upstream or the queue is empty.
    /// <paramref name="octetsBehind"/> as for <see cref="FromUpstream"/>.
    /// </summary>
    public bool TryTakeOwnReply(bool octetsBehind, out ReadOnlySpan<byte> reply) => throw new NotImplementedException();

    /// <summary>Takes a run of upstream octets. <paramref name="octetsBehind"/>: client octets wait unread (asked for by <see cref="LooksBehind"/>).</summary>
    public UpstreamStep FromUpstream(ReadOnlySpan<byte> input, bool octetsBehind) => throw new NotImplementedException();

    /// <summary>The upstream's input ended; everything received before has been taken.</summary>
    public Verdict UpstreamEnded(InputEnd end) => throw new NotImplementedException();

    /// <summary>
    /// Closes a step: a fired timer, a sticky drain, and whether content that ended has all gone (<paramref name="upstreamUnsent"/> octets are
    /// still ours). Asked after every step.
    /// </summary>
    public Verdict After(bool timerFired, bool draining, int upstreamUnsent) => throw new NotImplementedException();
}
