using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Relay;

/// <summary>Two pumps over the pure dialogue. Synchronous: every lent span dies inside a step. Knows no TLS.</summary>
sealed class Relay(Leg client, Leg upstream, RelayTimers timers, Dialogue first)
{
    /// <summary>Octets of client input a step may move before others have their turn (measured: talkers beside a pourer keep a p50 of 1.5 ms).</summary>
    const int StepBudget = 64 * 1024;

    Dialogue _dialogue = first;
    bool _upstreamEnded;

    /// <summary>When the dialogue's present wait runs out.</summary>
    public Deadline Deadline => timers.Deadline;

    /// <summary>Bad commands so far; they survive STARTTLS.</summary>
    public int BadCommands => _dialogue.BadCommands;

    /// <summary>The answer of an upstream that bears one EHLO only (quirk <c>singleEhlo</c>).</summary>
    public byte[]? FirstEhlo => _dialogue.FirstEhlo;

    /// <summary>The session ends from outside; a message under way is told as what it became.</summary>
    public void Abandon() => _dialogue.Abandon();

    /// <summary>A new dialogue after STARTTLS (RFC 3207 section 4.2).</summary>
    public void Restart(Dialogue next) => _dialogue = next;

    /// <summary>Moves what can be moved now, and says what comes next.</summary>
    public Verdict Step(Wake wake)
    {
        int budget = StepBudget;
        if (!wake.IsStart)
            Flush();                                    // room made by the kernel wakes us: use it first
        Verdict verdict = Pump(ref budget);
        if (verdict.IsFinal)
            return verdict;                             // what ends or upgrades the session flushes
        Flush();                                        // one send each: groups stay groups
        if (client.IsReset && !_dialogue.WantsClient)   // nobody reads it now, and nobody is left to wait for a reply
            return _dialogue.ClientEnded(InputEnd.Lost);
        verdict = _dialogue.After(wake.IsTimer && timers.IsFor(_dialogue.Waiting), wake.IsDrain, upstream.Unsent);
        CutUpstreamIfAsked();
        if (verdict.IsFinal)
            return verdict;
        timers.Follow(_dialogue.Waiting, upstream.Unsent);
        return budget > 0 && verdict.Kind is not VerdictKind.Again ? Verdict.Wait : Verdict.Again;
    }

    Verdict Pump(ref int budget)
    {
        bool moved;
        do
        {
            moved = false;
            Verdict verdict = PumpReplies(ref budget, ref moved);   // first: replies never wait for commands (RFC 2920)
            if (!verdict.IsFinal)
                verdict = PumpCommands(ref budget, ref moved);
            if (verdict.IsFinal)
                return verdict;
        }
        while (moved && budget > 0);
        return Verdict.Wait;
    }

    Verdict PumpCommands(ref int budget, ref bool moved)
    {
        while (budget > 0 && _dialogue.WantsClient && (_dialogue.Discards || upstream.CanWrite))
        {
            ReadStatus status = client.TryRead(out ReadOnlySpan<byte> input);
            if (status is ReadStatus.Empty)
                return Verdict.Wait;
            if (status is not ReadStatus.Data)
                return _dialogue.ClientEnded(EndOf(status));
            ClientStep step = _dialogue.FromClient(input);
            if (!step.Output.IsEmpty)
                upstream.Write(step.Output);
            if (step.Consumed > 0)
                client.Consume(step.Consumed);
            CutUpstreamIfAsked();
            budget -= step.Consumed;
            moved = true;
            if (step.Verdict.IsFinal)
                return step.Verdict;
            if (step.NeedsMore)
                client.NeedMore();                      // the next TryRead receives behind the rest
        }
        return Verdict.Wait;
    }

    Verdict PumpReplies(ref int budget, ref bool moved)
    {
        while (budget > 0 && client.CanWrite)
        {
            if (_dialogue.OwnReplyIsNext && _dialogue.TryTakeOwnReply(_dialogue.LooksBehind && !client.InputIsEmpty(), out ReadOnlySpan<byte> own))
            {
                client.Write(own);
                moved = true;
                continue;
            }
            Verdict due = _dialogue.Due;
            if (due.IsFinal || _upstreamEnded)
                return due;
            ReadStatus status = upstream.TryRead(out ReadOnlySpan<byte> input);
            if (status is ReadStatus.Empty)
                return Verdict.Wait;
            moved = true;
            Verdict verdict = status is ReadStatus.Data ? TakeReply(input, ref budget) : EndUpstream(status);
            if (verdict.IsFinal)
                return verdict;
        }
        return Verdict.Wait;
    }

    Verdict TakeReply(ReadOnlySpan<byte> input, ref int budget)
    {
        bool behind = _dialogue.LooksBehind && OctetsWaitBehind(ref input);
        UpstreamStep step = _dialogue.FromUpstream(input, behind, upstream.Unsent);
        if (!step.Output.IsEmpty)
            client.Write(step.Output);
        if (!step.ToUpstream.IsEmpty)
            upstream.Write(step.ToUpstream);
        if (step.Consumed > 0)
            upstream.Consume(step.Consumed);
        budget -= step.Consumed;
        CutUpstreamIfAsked();
        if (step.NeedsMore && !_upstreamEnded)
            upstream.NeedMore();
        return step.Verdict;
    }

    /// <summary>
    /// A refusal is judged by what really waits behind the command (rule 2.6). Octets before 354 or 334 are only counted: what the wire has told will do,
    /// and saves every message two system calls.
    /// </summary>
    bool OctetsWaitBehind(ref ReadOnlySpan<byte> input)
    {
        bool behind = input[0] == '3' ? client.HasInput : !client.InputIsEmpty();
        upstream.TryRead(out input);                    // who looks may read, which ends the loan: the same octets are lent anew
        return behind;
    }

    Verdict EndUpstream(ReadStatus status)
    {
        Verdict verdict = _dialogue.UpstreamEnded(EndOf(status));
        CutUpstreamIfAsked();
        _upstreamEnded = true;
        return verdict;
    }

    /// <summary>From here on not one octet goes upstream: queued ones die with the connection (rule 5.6).</summary>
    void CutUpstreamIfAsked()
    {
        if (!_dialogue.CutsUpstream || _upstreamEnded)
            return;
        upstream.Abort();
        _upstreamEnded = true;
    }

    void Flush()
    {
        if (!_upstreamEnded)
            upstream.Flush();
        client.Flush();
    }

    static InputEnd EndOf(ReadStatus status) => status switch
    {
        ReadStatus.End => InputEnd.Orderly,
        ReadStatus.Truncated => InputEnd.Truncated,
        _ => InputEnd.Lost,
    };
}
