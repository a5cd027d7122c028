namespace SmtpTlsProxy.Protocol;

/// <summary>What the upstream says.</summary>
partial class Dialogue
{
    ReplyScanner _replies;

    /// <summary>A reply whose bare LFs became CRLF (quirk <c>lfReplies</c>).</summary>
    byte[] _mended = [];

    /// <summary>
    /// Takes a run of upstream octets, one reply a call. <paramref name="octetsBehind"/>: client octets wait unread (asked for by
    /// <see cref="LooksBehind"/>). <paramref name="upstreamUnsent"/>: octets that the leg has not handed on yet, now: a final reply that comes
    /// before the content has gone is early (rule 5.6).
    /// </summary>
    public UpstreamStep FromUpstream(ReadOnlySpan<byte> input, bool octetsBehind, int upstreamUnsent = 0)
    {
        if (_upstreamGone || _due.IsFinal)
            return new UpstreamStep { Consumed = input.Length, Verdict = Closing };
        NoteGone(upstreamUnsent);
        return _replies.Scan(input, out Reply reply) switch
        {
            ReplyState.NeedsMore => new UpstreamStep { NeedsMore = true },
            ReplyState.Malformed => Nonsense(input.Length),
            _ => Judge(reply, octetsBehind),
        };
    }

    UpstreamStep Judge(Reply reply, bool octetsBehind)
    {
        _answered++;
        if (reply.Code == 421)
            return Farewell(reply);
        // Between a 334 and the client's response nothing is asked of the upstream.
        if (_queue.IsEmpty || !_queue.Head.AwaitsUpstream || _clientMayContinueAuth || !MayAnswer(_queue.Head, reply))
            return Unasked(reply);
        return _queue.Head.Treatment switch
        {
            Treatment.EhloRewrite or Treatment.HeloForEhlo or Treatment.RsetForEhlo => EhloAnswered(reply),
            Treatment.SwallowRset => RsetSwallowed(reply),
            Treatment.EndOfData when _input == Input.Content || !_contentGone => AnsweredEarly(reply),
            Treatment.EndOfData => MessageAnswered(reply),
            Treatment.Chunk or Treatment.LastChunk => ChunkAnswered(reply),
            _ => CommandAnswered(reply, octetsBehind),
        };
    }

    /// <summary>Rule 2.9: a server that read DATA where we did not would execute content.</summary>
    static bool MayAnswer(Pending head, Reply reply) => !reply.IsIntermediate || head switch
    {
        { Verb: Verb.Data, Treatment: Treatment.Relay } => reply.Code == 354,
        { Verb: Verb.Auth } => reply.Code == 334,
        _ => false,
    };

    UpstreamStep CommandAnswered(Reply reply, bool octetsBehind)
    {
        Verb verb = _queue.Head.Verb;
        if (RefusesEarlyTalker(verb, octetsBehind))
            return Withheld(reply);
        _observer.Answered(verb, reply.Code);
        if (reply.IsIntermediate)
            return verb == Verb.Data ? DataAccepted(reply, octetsBehind) : AuthChallenged(reply);
        _queue.Take();
        if (IsTooBad(verb, reply.Code))
            return Withheld(reply);
        if (reply.IsPositive)
            Accepted(verb);
        if (octetsBehind && (verb is Verb.Data or Verb.Auth))
            JudgeOctetsBehind(verb, reply);
        return Relayed(reply);
    }

    /// <summary>Rule 2.6: content goes up only after 354, so for DATA all else is a refusal.</summary>
    void JudgeOctetsBehind(Verb verb, Reply reply)
    {
        if (verb == Verb.Data || reply.IsNegative)
            RefusedWithOctetsBehind();
        else
            _observer.Violated(Violation.Pipelining, byClient: true);
    }

    void Accepted(Verb verb)
    {
        switch (verb)
        {
            case Verb.Helo:
                // What EHLO had hidden stays hidden: a server may still bear it.
                _answer.Extended = _answer.Pipelining = _answer.Chunking = false;
                HelloAccepted();
                break;
            case Verb.Mail:
                ResetTransaction();
                _transaction.Begin();
                _observer.MessageBegan();
                break;
            case Verb.Rcpt:
                _transaction.RecipientAccepted();
                break;
            case Verb.Rset:
                ResetTransaction();
                break;
            case Verb.Auth:
                _authenticated = _afterAuth = true;
                break;
            case Verb.Quit:
                _endWhenEmpty = EndReason.Quit;
                break;
        }
    }

    /// <summary>354: from here on the client is read again, and what it says is content (rule 2.6).</summary>
    UpstreamStep DataAccepted(Reply reply, bool octetsBehind)
    {
        if (octetsBehind)
            _observer.Violated(Violation.Pipelining, byClient: true);
        BeginContent();
        return Relayed(reply);
    }

    UpstreamStep MessageAnswered(Reply reply)
    {
        ref Pending head = ref _queue.Head;
        _observer.Answered(head.Verb, reply.Code);
        if (--head.FinalReplies > 0)
            return Relayed(reply);
        _queue.Take();
        EndMessage(OutcomeOf(reply));
        ResetTransaction();
        return Relayed(reply);
    }

    /// <summary>Rule 5.6: an announced chunk's reply is relayed when it comes; the rest of the chunk still goes up (RFC 3030 section 2).</summary>
    UpstreamStep ChunkAnswered(Reply reply)
    {
        Pending chunk = _queue.Take();
        _observer.Answered(chunk.Verb, reply.Code);
        _transaction.ChunkAnswered(chunk.Octets);
        if (reply.IsNegative || chunk.Treatment == Treatment.LastChunk)
            EndMessage(OutcomeOf(reply));
        if (reply.IsPositive && chunk.Treatment == Treatment.LastChunk)
            ResetTransaction();
        return Relayed(reply);
    }

    static MessageOutcome OutcomeOf(Reply reply) =>
        reply.IsPositive ? MessageOutcome.Accepted : reply.Code < 500 ? MessageOutcome.Deferred : MessageOutcome.Rejected;

    /// <summary>
    /// Rule 5.6: the server has left data mode and would execute content. The client is read to its true end, then told; both legs end.
    /// </summary>
    UpstreamStep AnsweredEarly(Reply reply)
    {
        ref Pending head = ref _queue.Head;
        _observer.Violated(Violation.EarlyReply, byClient: false);
        _observer.Answered(head.Verb, reply.Code);
        // Accepted by the server, deferred by us: a duplicate is possible.
        EndMessage(reply.IsPositive ? MessageOutcome.Unknown : OutcomeOf(reply));
        if (reply.IsPositive)
            (head.Treatment, head.Own) = (Treatment.Own, OwnReplies.MessageAnsweredEarly);
        else
            (head.Treatment, _kept) = (Treatment.Kept, Mended(reply).ToArray());
        if (_input == Input.Content)
            _input = Input.DiscardedContent;
        CutUpstream();
        _endWhenEmpty = EndReason.UpstreamLost;
        return Withheld(reply);
    }

    /// <summary>Rule 3.2: whatever it says. The server forgets the transaction at the EHLO inside TLS, and before that nothing passes (3.4).</summary>
    UpstreamStep RsetSwallowed(Reply reply)
    {
        _queue.Take();
        ResetTransaction();
        return Withheld(reply);
    }

    UpstreamStep Relayed(Reply reply) => new()
    {
        Output = Mended(reply),
        Consumed = reply.Octets.Length,
        Verdict = Settle(),
    };

    /// <summary>The client does not see this reply.</summary>
    UpstreamStep Withheld(Reply reply) => new() { Consumed = reply.Octets.Length, Verdict = Settle() };

    /// <summary>Rule 2.1: relayed at once, then both legs end.</summary>
    UpstreamStep Farewell(Reply reply)
    {
        if (!_queue.IsEmpty && _queue.Head.AwaitsUpstream)
        {
            Pending head = _queue.Take();
            _observer.Answered(head.Verb, reply.Code);
            if (head.Treatment is Treatment.EndOfData or Treatment.Chunk or Treatment.LastChunk)
                EndMessage(MessageOutcome.Deferred);
        }
        Close(EndReason.UpstreamLost, upstreamLeft: true);
        return Relayed(reply);
    }

    /// <summary>Rules 2.1, 2.9: nothing asked for it, or nothing could be answered so.</summary>
    UpstreamStep Unasked(Reply reply)
    {
        _observer.Violated(Violation.UnexpectedReply, byClient: false);
        // A server behind a 3xx waits for data: what is still to come must not look like some.
        if (reply.IsIntermediate)
            CutUpstream();
        Close(EndReason.Violation, OwnReplies.NotSmtp, upstreamLeft: true);
        return Withheld(reply);
    }

    /// <summary>Rule 2.10: anything but a reply is a lost upstream.</summary>
    UpstreamStep Nonsense(int consumed)
    {
        _observer.Violated(Violation.ReplySyntax, byClient: false);
        LoseUpstream(OwnReplies.NotSmtp, EndReason.UpstreamLost, cut: true);
        return new UpstreamStep { Consumed = consumed, Verdict = Closing };
    }

    /// <summary>The reply as it came; under quirk <c>lfReplies</c> its bare LFs go on as CRLF (rule 2.10).</summary>
    ReadOnlySpan<byte> Mended(Reply reply)
    {
        if (!reply.HasBareLf)
            return reply.Octets;
        if (_mended.Length < reply.Octets.Length * 2)
            _mended = new byte[reply.Octets.Length * 2];
        int length = 0;
        for (int at = 0; at < reply.Octets.Length; at++)
        {
            if (reply.Octets[at] == '\n' && (at == 0 || reply.Octets[at - 1] != '\r'))
                _mended[length++] = (byte)'\r';
            _mended[length++] = reply.Octets[at];
        }
        return _mended.AsSpan(0, length);
    }
}
