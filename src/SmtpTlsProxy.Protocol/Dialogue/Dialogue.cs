namespace SmtpTlsProxy.Protocol;

/// <summary>
/// One SMTP dialogue, pure: octets of either side in; what goes to the other side, what is consumed and what follows out. No clock, no I/O.
/// Made anew after STARTTLS, never cleaned (RFC 3207 section 4.2).
/// </summary>
public sealed partial class Dialogue
{
    /// <summary>What the client's next octets are.</summary>
    enum Input : byte { Lines, OverlongLine, Content, Chunk, DiscardedContent, DiscardedChunk }

    readonly Rules _rules;
    readonly LegSecurity _client, _upstream;
    readonly DialogueObserver _observer;
    readonly EhloAnswer _answer = new();
    PendingQueue _queue = new();
    Transaction _transaction;
    Input _input;

    /// <summary>Serials of <see cref="Waiting"/>: lines and content octets of the client, replies that left the queue.</summary>
    uint _moved, _answered;

    bool _clientSpoke, _clientEnded, _upstreamGone;

    /// <summary>How the session ends once the queue is empty; replies already owed still leave.</summary>
    EndReason _endWhenEmpty;

    /// <summary>Final once it is.</summary>
    Verdict _due;

    Dialogue(Rules rules, LegSecurity client, LegSecurity upstream, DialogueObserver observer)
    {
        (_rules, _client, _upstream, _observer) = (rules, client, upstream, observer);
        _replies = new ReplyScanner((rules.Quirks & Quirks.LfReplies) != 0);
    }

    /// <summary>
    /// The first dialogue of a session. With <paramref name="ownGreeting"/> the client is greeted by us (rule 4.2: behind STARTTLS), and the
    /// upstream's greeting has been consumed by whoever made the leg safe; otherwise the upstream's greeting is the first expected reply.
    /// </summary>
    public static Dialogue Start(Rules rules, LegSecurity client, LegSecurity upstream, bool ownGreeting, DialogueObserver observer)
    {
        Dialogue dialogue = new(rules, client, upstream, observer);
        dialogue.Owe(Verb.Greeting, ownGreeting ? Treatment.Own : Treatment.Relay, ownGreeting ? rules.Greeting : null);
        return dialogue;
    }

    /// <summary>
    /// The dialogue after a STARTTLS handshake on the client leg; only the count of bad commands survives (rules 3.3, 3.4), and under quirk
    /// <c>singleEhlo</c> what the upstream said to its one EHLO (<see cref="FirstEhlo"/>).
    /// </summary>
    public static Dialogue AfterStartTls(
        Rules rules, LegSecurity client, LegSecurity upstream, int badCommands, DialogueObserver observer, byte[]? firstEhlo = null) =>
        new(rules, client, upstream, observer) { BadCommands = badCommands, FirstEhlo = firstEhlo, _awaitsHello = true, _clientSpoke = true };

    /// <summary>Bad commands so far.</summary>
    public int BadCommands { get; private set; }

    /// <summary>The upstream's answer to the only EHLO it bears, as it said it; null without quirk <c>singleEhlo</c> and before.</summary>
    public byte[]? FirstEhlo { get; private set; }

    /// <summary>What is awaited now.</summary>
    public Waiting Waiting
    {
        get
        {
            if (IsInsideContent || !_contentGone)
                return new Waiting(Awaits.DataBlock, _moved);
            if (_queue.IsEmpty || _clientMayContinueAuth)
                return new Waiting(Awaits.Command, _moved + _answered);
            ref readonly Pending head = ref _queue.Head;
            Awaits awaits = head.EndsMessage ? Awaits.DataTermination : head.Verb == Verb.Quit ? Awaits.Quit : Awaits.Reply;
            return new Waiting(awaits, _answered);
        }
    }

    /// <summary>False at a barrier, with a full queue, while a 354 is awaited, and before the greeting: client octets stay unread.</summary>
    public bool WantsClient
    {
        get
        {
            if (_clientEnded || _due.IsFinal)
                return false;
            if (_input != Input.Lines)
                return true;
            if (_endWhenEmpty != EndReason.None || (_upstreamGone && !_queue.IsEmpty))
                return false;
            // Rule 2.6: behind a barrier nothing is read, and behind what is none only where PIPELINING was offered.
            return _queue.IsEmpty || _clientMayContinueAuth || (_answer.Pipelining && !_queue.Tail.IsBarrier && !_queue.IsFull);
        }
    }

    /// <summary>Client octets are read and dropped: they need no room upstream.</summary>
    public bool Discards => _upstreamGone || _input is Input.OverlongLine or Input.DiscardedContent or Input.DiscardedChunk;

    /// <summary>
    /// The upstream must be reset now and not be read any more; the dialogue goes on without it (rules 5.2 reject, 5.4, 5.6, 6.5). A step of
    /// either side and <see cref="After"/> may set it.
    /// </summary>
    public bool CutsUpstream { get; private set; }

    /// <summary>The next reply depends on whether client octets wait behind the command it answers (rule 2.6: DATA, AUTH): look before taking it.</summary>
    public bool LooksBehind => !_queue.IsEmpty && _queue.Head.LooksBehind;

    /// <summary>What the queue's state asks for once own replies are out: Upgrade (STARTTLS's turn), Close (221 out, 421 out), or Wait.</summary>
    public Verdict Due => _due;

    bool IsInsideContent => _input is Input.Content or Input.Chunk or Input.DiscardedContent or Input.DiscardedChunk;

    /// <summary>Part of a message has gone upstream and its end has not: it must never look whole (rule 5.5).</summary>
    bool IsHalfSent => _input is Input.Content or Input.Chunk || !_contentGone;

    /// <summary>A step ends the session only by closing it; an upgrade is asked for through <see cref="Due"/>.</summary>
    Verdict Closing => _due.Kind == VerdictKind.Close ? _due : Verdict.Wait;

    void Owe(Verb verb, Treatment treatment, OwnReply? own = null, long octets = 0)
    {
        VerbTraits traits = VerbTable.TraitsOf(verb);
        _queue.Add(new Pending
        {
            Verb = verb,
            Treatment = treatment,
            IsBarrier = IsBarrier(traits),
            LooksBehind = (traits & VerbTraits.LooksBehind) != 0,
            Own = own,
            Octets = octets,
        });
    }

    bool IsBarrier(VerbTraits traits) => !(_answer.Pipelining && (traits & VerbTraits.Pipelinable) != 0);
}
