using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Reference;

namespace SmtpTlsProxy.Fuzz;

/// <summary>The first octet chooses <c>lfReplies</c> and how fast a reply grows; the rest is a stream of replies.</summary>
static class RepliesTarget
{
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        bool lfEnds = (input[0] & 1) != 0;
        ReadOnlySpan<byte> rest = input.AsSpan(1);
        ReplyStream expected = ReplyStream.Split(Demand.Latin(rest), lfEnds);
        foreach (string reply in expected.Replies)
        {
            Demand.That(Grow(rest, lfEnds, (input[0] >> 1) + 1, out string got) == ReplyState.Complete, $"{Show.Octets(reply)} is not seen");
            Demand.That(got == reply, $"{Show.Octets(got)} where {Show.Octets(reply)} is right");
            rest = rest[reply.Length..];
        }
        if (rest.IsEmpty)
            return;
        ReplyState state = Grow(rest, lfEnds, (input[0] >> 1) + 1, out _);
        bool isHopeless = expected.IsMalformed || (state == ReplyState.Malformed && !ReplyStream.MayBecomeReply(expected.Rest));
        Demand.That(state == (isHopeless ? ReplyState.Malformed : ReplyState.NeedsMore), $"{state} for {Show.Octets(expected.Rest)}");
    }

    /// <summary>Offers more and more of it, until it is judged.</summary>
    static ReplyState Grow(ReadOnlySpan<byte> octets, bool lfEnds, int step, out string reply)
    {
        ReplyScanner scanner = new(lfEnds);
        for (int end = step; ; end += step)
        {
            ReplyState state = scanner.Scan(octets[..Math.Min(end, octets.Length)], out Reply found);
            reply = state == ReplyState.Complete ? Demand.Latin(found.Octets) : "";
            Demand.That(state != ReplyState.Complete || found.Code == int.Parse(reply.AsSpan(0, 3)), "another code");
            if (state != ReplyState.NeedsMore || end >= octets.Length)
                return state;
        }
    }
}
