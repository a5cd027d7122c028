using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>The steps of the relay.</summary>
public sealed partial class Talk
{
    void Pump()
    {
        int turns = 0;
        do
        {
            if (++turns > MostTurns)
                throw new MismatchException("the dialogue hangs");
            Step(timerFired: false);
        }
        while (_verdict.Kind == VerdictKind.Again);
        if (_client.MostWaiting > MostOfClient || _upstream.MostWaiting > MostOfUpstream)
            throw new MismatchException($"octets are hoarded: {_client.MostWaiting} of the client, {_upstream.MostWaiting} of the upstream");
    }

    void Step(bool timerFired)
    {
        if (IsOver)
            return;
        FlushBoth();
        _verdict = Move();
        if (!_verdict.IsFinal)
        {
            FlushBoth();
            _verdict = _dialogue.After(timerFired, _draining, _upstream.Unsent);
            CutIfAsked();
        }
        if (_verdict.Kind == VerdictKind.Upgrade)
            Upgrade();
        else if (IsOver)
            Close(_verdict.End);
    }

    Verdict Move()
    {
        int turns = 0;
        bool moved;
        do
        {
            if (++turns > MostTurns)
                throw new MismatchException("the dialogue goes round in circles");
            moved = false;
            Verdict verdict = MoveReplies(ref moved);
            if (!verdict.IsFinal)
                verdict = MoveCommands(ref moved);
            if (verdict.IsFinal)
                return verdict;
        }
        while (moved);
        return Verdict.Wait;
    }

    Verdict MoveReplies(ref bool moved)
    {
        for (int turns = 0; turns < MostTurns; turns++)
        {
            bool behind = _dialogue.LooksBehind && !_client.IsEmpty;
            if (_dialogue.TryTakeOwnReply(behind, out ReadOnlySpan<byte> own))
            {
                _client.Write(own);
                moved = true;
                continue;
            }
            if (_dialogue.Due.IsFinal || _upstreamIsOver)
                return _dialogue.Due;
            if (!_upstream.HasData && _upstream.End is null)
                return Verdict.Wait;
            moved = true;
            Verdict verdict = _upstream.HasData ? TakeReply(behind) : EndUpstream();
            if (verdict.IsFinal)
                return verdict;
        }
        throw new MismatchException("replies go round in circles");
    }

    Verdict TakeReply(bool behind)
    {
        UpstreamStep step = _dialogue.FromUpstream(_upstream.Rest, behind, _upstream.Unsent);
        _client.Write(step.Output);
        _upstream.Write(step.ToUpstream);
        _upstream.Consume(step.Consumed);
        MustMove(step.Consumed > 0 || step.NeedsMore || step.Verdict.IsFinal || _dialogue.CutsUpstream, "upstream");
        CutIfAsked();
        if (step.NeedsMore)
            _upstream.NeedMore();
        return step.Verdict;
    }

    Verdict EndUpstream()
    {
        Verdict verdict = _dialogue.UpstreamEnded(_upstream.End!.Value);
        _upstreamIsOver = true;
        _upstream.Cut();
        return verdict;
    }

    Verdict MoveCommands(ref bool moved)
    {
        while (_dialogue.WantsClient && (_dialogue.Discards || _upstream.CanWrite))
        {
            if (!_client.HasData)
                return _client.End is { } end ? _dialogue.ClientEnded(end) : Verdict.Wait;
            bool discards = _dialogue.Discards;
            ClientStep step = _dialogue.FromClient(_client.Rest);
            if (discards && !step.Output.IsEmpty)
                throw new MismatchException("what is discarded went up");
            _upstream.Write(step.Output);
            _client.Consume(step.Consumed);
            MustMove(step.Consumed > 0 || step.NeedsMore || step.Verdict.IsFinal, "client");
            CutIfAsked();
            moved = true;
            if (step.Verdict.IsFinal)
                return step.Verdict;
            if (step.NeedsMore)
                _client.NeedMore();
        }
        return Verdict.Wait;
    }

    static void MustMove(bool moved, string side)
    {
        if (!moved)
            throw new MismatchException($"octets of the {side} move nothing");
    }

    void CutIfAsked()
    {
        if (!_dialogue.CutsUpstream || _upstreamIsOver)
            return;
        _upstreamIsOver = true;
        _upstream.Cut();
    }

    void FlushBoth()
    {
        _upstream.Flush();
        _client.Flush();
    }

    /// <summary>As the session does it: the input is looked at immediately before the 220 (rule 3.3).</summary>
    void Upgrade()
    {
        if (!_client.IsEmpty)
        {
            Close(new SessionEnd { Reason = EndReason.Violation, LastReply = OwnReplies.StartTlsInjection, Upstream = UpstreamParting.Close });
            return;
        }
        _client.Write(OwnReplies.ReadyToStartTls.Octets);
        FlushBoth();
        _verdict = Verdict.Again;
        _dialogue = Dialogue.AfterStartTls(_setup.Rules, _setup.Upgraded, _setup.Upstream, _dialogue.BadCommands, _observer);
    }

    void Close(SessionEnd end)
    {
        if (end.CutsUpstream)
            _upstream.Cut();
        if (end is { ClientIsGone: false, LastReply: { } last })
            _client.Write(last.Octets);
        _verdict = Verdict.Close(end);
        _client.Flush();
        _upstream.Flush();
    }
}
