using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.Legs;
using SmtpTlsProxy.Transport.Loops;

namespace SmtpTlsProxy.Upstream;

/// <summary>
/// Our own few words with an upstream before the client is greeted: one command, one reply, never pipelined (Postfix 3.9 punishes it).
/// Watches the errand meanwhile: nobody is dialled for a peer that has left. Without one the words are a parting's, and only an abort ends them early.
/// </summary>
sealed class UpstreamTalk(Leg leg, Errand? errand, Deadline deadline, bool lfReplies)
{
    ReplyScanner _scanner = new(lfReplies);

    /// <summary>Says <paramref name="command"/> (with its CRLF) and takes the reply.</summary>
    public ValueTask<TalkResult> AskAsync(ReadOnlyMemory<byte> command)
    {
        leg.Write(command.Span);
        leg.Flush();
        return ReplyAsync(consume: true);
    }

    /// <summary>Waits for one whole reply; with <paramref name="consume"/> false it stays to be read again.</summary>
    public async ValueTask<TalkResult> ReplyAsync(bool consume)
    {
        while (true)
        {
            if (TryReply(consume) is { } result)
                return result;
            Wake wake = await leg.Waiter.NextAsync(deadline);
            leg.Flush();
            if (Interrupted(wake) is { } failure)
                return TalkResult.Failed(failure);
        }
    }

    TalkResult? TryReply(bool consume)
    {
        ReadStatus status = leg.TryRead(out ReadOnlySpan<byte> input);
        while (status is ReadStatus.Data)
        {
            ReplyState state = _scanner.Scan(input, out Reply reply);
            if (state is ReplyState.Malformed)
                return TalkResult.Failed(TalkFailure.NotSmtp);
            if (state is ReplyState.Complete)
                return Take(reply, consume);
            leg.NeedMore();
            status = leg.TryRead(out input);
        }
        return status is ReadStatus.Empty ? null : TalkResult.Failed(TalkFailure.Lost);
    }

    TalkResult Take(in Reply reply, bool consume)
    {
        TalkResult result = new(TalkFailure.None, reply.Code, reply.Octets.ToArray());
        if (consume)
            leg.Consume(reply.Octets.Length);
        return result;
    }

    TalkFailure? Interrupted(Wake wake)
    {
        if (wake.IsAbort || errand is { IsAbandoned: true })
            return TalkFailure.ClientGone;
        if (wake.IsDrain && errand is not null)
            return TalkFailure.Draining;
        return wake.IsTimer ? TalkFailure.Timeout : null;
    }
}
