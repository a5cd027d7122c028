namespace SmtpTlsProxy.Protocol;

/// <summary>Content on its way up: DATA and BDAT.</summary>
partial class Dialogue
{
    DataScanner _content;
    ChunkCounter _chunk;

    /// <summary>The final dot has left us. False between its being read and its being sent.</summary>
    bool _contentGone = true;

    /// <summary>How many octets were written behind the final dot: they may still be unsent when the dot itself has gone.</summary>
    long _behindEnd;

    /// <summary>Octets of the message so far.</summary>
    long MessageSize => _transaction.ChunkOctets + _content.Size;

    void BeginContent()
    {
        bool onlyCounts = _rules.BareNewlines == BareNewlines.Reject && !RejectsBareNewlines;
        _content = new DataScanner(onlyCounts ? BareNewlines.Normalize : _rules.BareNewlines);
        _input = Input.Content;
        _transaction.BeginContent();
        ref Pending head = ref _queue.Head;
        (head.Treatment, head.LooksBehind, head.FinalReplies) = (Treatment.EndOfData, false, FinalRepliesOwed);
    }

    /// <summary>Under LMTP it will be one for each accepted recipient (rule 1.5, RFC 2033 section 4.2).</summary>
    static int FinalRepliesOwed => 1;

    ClientStep TakeContent(ReadOnlySpan<byte> input)
    {
        DataStep step = _content.Scan(input);
        if (step.Consumed > 0)
            _moved++;
        if (step.BareFound && _input == Input.Content)
            RefuseContent();
        bool discards = _input == Input.DiscardedContent;
        if (step.Ended)
            EndContent(discards, hasMore: step.Consumed < input.Length);
        return new ClientStep
        {
            Output = discards ? default : step.Output,
            Consumed = step.Consumed,
            NeedsMore = step.NeedsMore,
            Verdict = Settle(),
        };
    }

    /// <summary>Rule 5.2, <c>reject</c>: the bare octet and all behind it stay here; half a message is never delivered.</summary>
    void RefuseContent()
    {
        _observer.Violated(Violation.BareNewline, byClient: true);
        _observer.Policy(ReportOnly.BareNewlines, refused: true);
        EndMessage(MessageOutcome.Aborted);
        CutUpstream();
        _input = Input.DiscardedContent;
        (_queue.Head.Treatment, _queue.Head.Own) = (Treatment.Own, OwnReplies.BareNewline);
        (_nextReply, _nextReason) = (OwnReplies.AfterBareNewline, EndReason.Violation);
    }

    void EndContent(bool discards, bool hasMore)
    {
        _input = Input.Lines;
        if (discards)
            return;
        if (_content.SawBare)
            CountBareNewlines();
        // Rule 2.6: the final dot is no barrier where PIPELINING was offered (RFC 2920 section 3.1).
        _queue.Head.IsBarrier = !_answer.Pipelining;
        CountPipelining(hasMore);
        (_contentGone, _behindEnd) = (false, 0);
    }

    void CountPipelining(bool hasMore)
    {
        if (hasMore && !_answer.Pipelining)
            _observer.Violated(Violation.Pipelining, byClient: true);
    }

    void CountBareNewlines()
    {
        _observer.Violated(Violation.BareNewline, byClient: true);
        if (_rules.BareNewlines == BareNewlines.Reject)
            _observer.Policy(ReportOnly.BareNewlines, refused: false);
    }

    /// <summary>Rule 2.5. The chunk's octets follow whatever becomes of the command, so the size must be known.</summary>
    ClientStep TakeBdat(Command command, ReadOnlySpan<byte> input, Line line)
    {
        OwnReply? refusal = EarlyRefusalOf(command.Traits);
        if (!ChunkCounter.TryParseBdat(command.Rest, out long size, out bool last))
            return Violate(Violation.BdatSyntax, refusal ?? OwnReplies.ChunkSize, line.Length, Verb.Bdat);
        _chunk = new ChunkCounter(size, last);
        // Rule 5.2: under `reject` a chunk would be the way round.
        if (!_answer.Chunking || RejectsBareNewlines)
            refusal ??= OwnReplies.ChunkingNotOffered;
        _input = refusal is null ? Input.Chunk : Input.DiscardedChunk;
        ClientStep step = refusal is null
            ? Forward(Verb.Bdat, last ? Treatment.LastChunk : Treatment.Chunk, LineOf(input, line), line.Length, size)
            : Answer(Verb.Bdat, refusal, line.Length);
        if (_chunk.IsDone)
            EndChunk(hasMore: input.Length > line.Length);
        return step;
    }

    /// <summary>Counted, never scanned or changed; of a refused one the octets are consumed here.</summary>
    ClientStep TakeChunk(ReadOnlySpan<byte> input)
    {
        int taken = _chunk.Take(input.Length);
        _moved++;
        _behindEnd += taken;
        bool discards = _input == Input.DiscardedChunk;
        if (_chunk.IsDone)
            EndChunk(hasMore: input.Length > taken);
        return new ClientStep { Output = discards ? default : input[..taken], Consumed = taken, Verdict = Settle() };
    }

    void EndChunk(bool hasMore)
    {
        CountPipelining(hasMore);
        _input = Input.Lines;
    }

    /// <summary>
    /// The dot has gone once no more is unsent than was written behind it. Under TLS that errs towards *not gone*, and only within one step.
    /// </summary>
    void NoteGone(int upstreamUnsent)
    {
        if (_contentGone || _input == Input.Content || upstreamUnsent > _behindEnd)
            return;
        _contentGone = true;
        _moved++;
    }

    void EndMessage(MessageOutcome outcome)
    {
        if (!_transaction.IsOpen)
            return;
        _observer.MessageEnded(outcome, MessageSize);
        _transaction.Conclude();
    }

    /// <summary>RSET, EHLO, HELO and a new MAIL end a transaction; a message of which chunks have gone up is then aborted.</summary>
    void ResetTransaction()
    {
        if (_transaction.ContentBegun)
            EndMessage(MessageOutcome.Aborted);
        _transaction = default;
        _content = default;
    }
}
