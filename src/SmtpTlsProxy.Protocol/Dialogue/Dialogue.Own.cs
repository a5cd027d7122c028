namespace SmtpTlsProxy.Protocol;

/// <summary>Our own replies in their turn, and what the head of the queue leads to.</summary>
partial class Dialogue
{
    /// <summary>The upstream's early final reply (rule 5.6); allocated only then.</summary>
    byte[] _kept = [];

    /// <summary>What the next command hears, whatever it is (rules 5.2 reject, 5.4).</summary>
    OwnReply? _nextReply;

    EndReason _nextReason;

    /// <summary>Our own reply stands at the head of the queue: <see cref="TryTakeOwnReply"/> will have something.</summary>
    public bool OwnReplyIsNext =>
        !_due.IsFinal && !_queue.IsEmpty && _input != Input.DiscardedContent && _queue.Head.Treatment is Treatment.Own or Treatment.Kept;

    /// <summary>
    /// Our own reply if it stands at the head of the queue; false when the head awaits the upstream or the queue is empty.
    /// <paramref name="octetsBehind"/> as for <see cref="FromUpstream"/>.
    /// </summary>
    public bool TryTakeOwnReply(bool octetsBehind, out ReadOnlySpan<byte> reply)
    {
        reply = default;
        if (!OwnReplyIsNext || RefusesEarlyTalker(_queue.Head.Verb, octetsBehind))
            return false;
        Pending taken = _queue.Take();
        if (taken.Own is { } own && IsTooBad(taken.Verb, own.Code))
            return false;
        reply = Told(taken, octetsBehind && taken.LooksBehind);
        return true;
    }

    ReadOnlySpan<byte> Told(Pending taken, bool octetsBehind)
    {
        _answered++;
        if (taken.Own is not { } own)
        {
            Settle();
            return _kept;
        }
        _observer.SpokeForItself(own);
        if (octetsBehind && own.Code >= 400)
            RefusedWithOctetsBehind();
        Settle();
        return own.Octets;
    }

    /// <summary>Rule 2.6: content and secrets cannot be told from commands.</summary>
    void RefusedWithOctetsBehind()
    {
        _observer.Violated(Violation.BehindRefusal, byClient: true);
        Close(EndReason.Violation, OwnReplies.OctetsBehindRefusal);
    }

    /// <summary>Rule 2.11. Under <c>wait</c> the octets stay unread until the greeting is out.</summary>
    bool RefusesEarlyTalker(Verb verb, bool octetsBehind)
    {
        if (verb != Verb.Greeting || !octetsBehind)
            return false;
        _observer.Violated(Violation.EarlyTalker, byClient: true);
        if (_rules.EarlyTalkers != EarlyTalkers.Refuse)
            return false;
        bool refuses = (_rules.ReportOnly & ReportOnly.EarlyTalkers) == 0;
        _observer.Policy(ReportOnly.EarlyTalkers, refuses);
        if (!refuses)
            return false;
        _queue.Take();
        Close(EndReason.Policy, OwnReplies.TalkedEarly);
        return true;
    }

    /// <summary>Rule 6.2: true if this reply is the one beyond the cap, in whose place the client hears 421 4.7.0.</summary>
    bool IsTooBad(Verb verb, int code)
    {
        bool isBad = code is (>= 500 and <= 504) or 530 or 555;
        if (!isBad || (VerbTable.TraitsOf(verb) & VerbTraits.MayBeRefused) != 0 || ++BadCommands <= _rules.BadCommands)
            return false;
        _observer.Violated(Violation.BadCommands, byClient: true);
        Close(EndReason.Limit, OwnReplies.TooManyBadCommands);
        return true;
    }

    /// <summary>Draws the conclusions from what now stands at the head of the queue. Asked after every change.</summary>
    Verdict Settle()
    {
        // The client is read to its end first (rules 5.6, 6.5).
        if (_due.IsFinal || _input is Input.DiscardedContent or Input.DiscardedChunk)
            return Closing;
        if (_queue.IsEmpty)
            SettleEmpty();
        else if (_queue.Head.Treatment == Treatment.StartTls)
            _due = _upstreamGone ? Close(_lostReason, _lostReply) : Verdict.Upgrade;
        else if (_upstreamGone && _queue.Head.AwaitsUpstream)
            SettleLost(ref _queue.Head);
        return Closing;
    }

    void SettleEmpty()
    {
        if (_endWhenEmpty != EndReason.None)
            Close(_endWhenEmpty);
        else if (_clientEnded)
            Close(ReasonOfLeaving());
        else if (_upstreamGone && _nextReply is null)
            Close(_lostReason, _lostReply);
    }

    /// <summary>The oldest unanswered command after the upstream was lost (rules 5.4, 6.5, 6.7).</summary>
    void SettleLost(ref Pending head)
    {
        if (head.Verb == Verb.Quit)
        {
            Close(EndReason.Quit, OwnReplies.Goodbye);
            return;
        }
        if (!head.EndsMessage)
        {
            Close(_lostReason, _lostReply);
            return;
        }
        // Rule 5.4, RFC 1047: a duplicate is possible, a loss is not.
        EndMessage(MessageOutcome.Unknown);
        _observer.Answered(head.Verb, 0);
        (head.Treatment, head.Own) = (Treatment.Own, OwnReplies.MessageUnknown);
        (_nextReply, _nextReason) = (_lostReply, _lostReason);
    }
}
