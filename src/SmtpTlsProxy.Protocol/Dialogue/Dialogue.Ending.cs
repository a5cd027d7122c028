namespace SmtpTlsProxy.Protocol;

/// <summary>How a dialogue ends: either leg, timers, drain.</summary>
partial class Dialogue
{
    /// <summary>What the oldest unanswered command, or the client unasked, hears once the upstream is gone (rule 6.5).</summary>
    OwnReply _lostReply = OwnReplies.UpstreamLost;

    EndReason _lostReason = EndReason.UpstreamLost;

    /// <summary>The client's input ended; everything received before has been taken.</summary>
    public Verdict ClientEnded(InputEnd end)
    {
        if (_due.IsFinal)
            return _due;
        _clientEnded = true;
        // Rule 5.5: inside content or a chunk it is an abort. An unfinished line is dropped.
        if (end == InputEnd.Lost || IsInsideContent)
            return Close(_clientSpoke ? EndReason.ClientLost : EndReason.Empty, clientIsGone: true);
        // Nobody will answer the 334.
        if (_clientMayContinueAuth)
            return Close(EndReason.ClientLost);
        // Rule 6.6: everything received is still executed and answered.
        return Settle();
    }

    /// <summary>The upstream's input ended; everything received before has been taken.</summary>
    public Verdict UpstreamEnded(InputEnd end)
    {
        if (!_upstreamGone)
            LoseUpstream(OwnReplies.UpstreamLost, EndReason.UpstreamLost, cut: end == InputEnd.Lost);
        return Closing;
    }

    /// <summary>
    /// Closes a step: a fired timer, a sticky drain, and whether content that ended has all gone (<paramref name="upstreamUnsent"/> octets are
    /// still ours). Asked after every step.
    /// </summary>
    public Verdict After(bool timerFired, bool draining, int upstreamUnsent)
    {
        NoteGone(upstreamUnsent);
        if (_due.IsFinal)
            return _due;
        if (timerFired)
            return Expired();
        // Rule 6.4: in a transaction, after its final reply.
        if (draining && _queue.IsEmpty && !_transaction.IsOpen && !IsInsideContent)
            return Close(EndReason.Drain, OwnReplies.Draining);
        return Verdict.Wait;
    }

    /// <summary>The session ends from outside: what became of the message is told, once.</summary>
    public void Abandon()
    {
        bool isWhole = false, hasContent = _transaction.ContentBegun;
        while (!_queue.IsEmpty)
        {
            Pending pending = _queue.Take();
            if (!pending.AwaitsUpstream || pending.Treatment == Treatment.SwallowRset)
                continue;
            _observer.Answered(pending.Verb, 0);
            hasContent |= pending.Verb == Verb.Bdat;
            // Of a message whose end is still being read the place is the last one.
            isWhole |= pending.EndsMessage && !(_queue.IsEmpty && IsInsideContent);
        }
        if (hasContent)
            EndMessage(isWhole ? MessageOutcome.Unknown : MessageOutcome.Aborted);
        _transaction = default;
    }

    /// <summary>Rule 6.1.</summary>
    Verdict Expired()
    {
        switch (Waiting.For)
        {
            case Awaits.Quit:
                return Close(EndReason.Quit, OwnReplies.Goodbye, upstreamLeft: true);
            case Awaits.DataTermination:
                // Rule 5.4: the same as a lost upstream.
                LoseUpstream(OwnReplies.TimedOut, EndReason.Timeout, cut: true);
                return _due.IsFinal ? _due : Verdict.Again;
            default:
                return Close(EndReason.Timeout, OwnReplies.TimedOut);
        }
    }

    /// <summary>Rule 6.5: inside content or a chunk the client is read to its end first.</summary>
    void LoseUpstream(OwnReply told, EndReason reason, bool cut)
    {
        (_lostReply, _lostReason) = (told, reason);
        bool wasHalfSent = _input is Input.Content or Input.Chunk;
        if (wasHalfSent && !_queue.IsEmpty)
            // Not the loss of 5.4: the end was never sent, so the place is one of any unanswered command.
            _queue.Tail.Treatment = Treatment.Relay;
        _input = _input switch
        {
            Input.Content => Input.DiscardedContent,
            Input.Chunk => Input.DiscardedChunk,
            _ => _input,
        };
        if (cut || wasHalfSent)
            CutUpstream();
        (_upstreamGone, _contentGone) = (true, true);
        Settle();
    }

    /// <summary>Rule 5.5: by RST, so that half a message is never delivered.</summary>
    void CutUpstream() => (CutsUpstream, _upstreamGone, _contentGone) = (true, true, true);

    EndReason ReasonOfLeaving()
    {
        if (!_clientSpoke)
            return EndReason.Empty;
        if (_transaction.IsOpen)
            return EndReason.ClientLost;
        return _upstreamGone ? _lostReason : EndReason.Quit;
    }

    Verdict Close(EndReason reason, OwnReply? last = null, bool clientIsGone = false, bool upstreamLeft = false)
    {
        if (_due.IsFinal)
            return _due;
        if (last is not null)
            _observer.SpokeForItself(last);
        _due = Verdict.Close(new SessionEnd
        {
            Reason = reason,
            LastReply = last,
            ClientIsGone = clientIsGone,
            Upstream = PartingFor(reason, upstreamLeft),
        });
        Abandon();
        return _due;
    }

    /// <summary>Rules 5.5, 6.7: an idle upstream gets QUIT, an open transaction is just closed, half a message is reset.</summary>
    UpstreamParting PartingFor(EndReason reason, bool upstreamLeft)
    {
        if (CutsUpstream || IsHalfSent)
            return UpstreamParting.Abort;
        bool isIdle = !IsUpstreamAsked() && !_transaction.IsOpen;
        bool quitSaid = _endWhenEmpty == EndReason.Quit && reason == EndReason.Quit;
        return _upstreamGone || upstreamLeft || quitSaid || !isIdle ? UpstreamParting.Close : UpstreamParting.Quit;
    }
}
