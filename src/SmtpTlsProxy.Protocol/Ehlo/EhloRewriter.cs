using System.Buffers.Text;

namespace SmtpTlsProxy.Protocol;

/// <summary>Makes the client's EHLO answer out of the upstream's: the true intersection of both sides and policy (rule 1.3).</summary>
public static class EhloRewriter
{
    /// <summary>Rewrites a whole 250 reply: order, case and parameters of what passes are kept.</summary>
    /// <param name="reply">The upstream's reply, all its lines.</param>
    /// <param name="policy">What may pass.</param>
    /// <param name="answer">Filled with what was said and hidden.</param>
    /// <param name="buffer">The caller's buffer; grown where too small, reused.</param>
    /// <returns>The reply for the client: a slice of <paramref name="buffer"/>.</returns>
    public static ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> reply, in EhloPolicy policy, EhloAnswer answer, ref byte[] buffer)
    {
        answer.Clear();
        answer.Extended = true;
        bool scramGoes = AuthMechanisms.ListsBoundScram(reply);
        ReplyWriter writer = new(ref buffer, reply[..3]);
        EhloLines lines = new(reply);
        writer.Line(lines.MoveNext() ? lines.Current : []);
        while (lines.MoveNext())
        {
            EhloCapability capability = new(lines.Current);
            Note(capability, answer);
            if (capability.Is("AUTH"u8))
                Auth(capability, policy, scramGoes, answer, ref writer);
            else if (capability.Is("SIZE"u8))
                Size(capability, policy.MaxMessageSize, answer, ref writer);
            else if (Passes(capability, policy, answer))
                writer.Line(capability.Text);
        }
        OwnStartTls(policy, answer, ref writer);
        return buffer.AsSpan(0, writer.Done());
    }

    /// <summary>
    /// Rule 1.4: the 250 of a HELO that stood in for a refused EHLO becomes an answer that offers STARTTLS and nothing else. Of several
    /// lines only the first stays: the others were no capabilities and must not become some.
    /// </summary>
    public static ReadOnlySpan<byte> FromHelo(ReadOnlySpan<byte> heloReply, in EhloPolicy policy, EhloAnswer answer, ref byte[] buffer)
    {
        answer.Clear();
        ReplyWriter writer = new(ref buffer, heloReply[..3]);
        EhloLines lines = new(heloReply);
        writer.Line(lines.MoveNext() ? lines.Current : []);
        OwnStartTls(policy, answer, ref writer);
        return buffer.AsSpan(0, writer.Done());
    }

    static void OwnStartTls(in EhloPolicy policy, EhloAnswer answer, ref ReplyWriter writer)
    {
        answer.StartTlsOffered = policy.OfferStartTls;
        if (policy.OfferStartTls)
            writer.Line("STARTTLS"u8);
    }

    static void Note(EhloCapability capability, EhloAnswer answer)
    {
        answer.Pipelining |= capability.Is("PIPELINING"u8);
        answer.Chunking |= capability.Is("CHUNKING"u8);
        answer.BinaryMime |= capability.Is("BINARYMIME"u8);
        answer.UpstreamOffersStartTls |= capability.Is("STARTTLS"u8);
    }

    static bool Passes(EhloCapability capability, in EhloPolicy policy, EhloAnswer answer)
    {
        if (capability.Is("STARTTLS"u8) || HiddenExtensions.IsHiddenKeyword(capability.Keyword))
            return false;
        if (capability.Is("REQUIRETLS"u8))
            return !(answer.RequireTlsHidden |= !policy.BothLegsTlsAndVerified);
        if (capability.Is("CHUNKING"u8))
            return !(answer.ChunkingHidden |= policy.HideChunking);
        return !(policy.HideChunking && capability.Is("BINARYMIME"u8));
    }

    static void Size(EhloCapability capability, long? maxMessageSize, EhloAnswer answer, ref ReplyWriter writer)
    {
        ReadOnlySpan<byte> digits = capability.Parameters;
        bool isNumber = !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        // Without a number, or with 0, no limit is fixed (RFC 1870 section 4); a number beyond 63 bits is beyond ours.
        long offered = !isNumber ? 0 : Utf8Parser.TryParse(digits, out long value, out _) ? value : long.MaxValue;
        bool isLowered = maxMessageSize < (offered == 0 ? long.MaxValue : offered) && (isNumber || digits.IsEmpty);
        answer.Size = isLowered ? maxMessageSize : offered;
        if (!isLowered)
        {
            writer.Line(capability.Text);
            return;
        }
        writer.Begin();
        writer.Add(capability.Keyword);
        writer.Add(" "u8);
        writer.Add(maxMessageSize.GetValueOrDefault());
        writer.End();
    }

    static void Auth(EhloCapability capability, in EhloPolicy policy, bool scramGoes, EhloAnswer answer, ref ReplyWriter writer)
    {
        ReadOnlySpan<byte> mechanisms = capability.Parameters;
        int offered = 0, kept = 0;
        foreach (Range word in Words.Of(mechanisms))
        {
            offered++;
            bool isBound = AuthMechanisms.IsBound(mechanisms[word], scramGoes);
            answer.MechanismsHidden |= isBound && policy.AuthAllowed;
            if (isBound || AuthMechanisms.IsExternal(mechanisms[word]))
                answer.Removed(mechanisms[word]);
            else
                kept++;
        }
        answer.AuthHidden |= offered > 0 && !policy.AuthAllowed;
        if (kept == 0 || !policy.AuthAllowed)
            return;
        answer.AuthOffered = true;
        if (kept == offered)
            writer.Line(capability.Text);
        else
            Remaining(capability, scramGoes, ref writer);
    }

    static void Remaining(EhloCapability capability, bool scramGoes, ref ReplyWriter writer)
    {
        ReadOnlySpan<byte> mechanisms = capability.Parameters;
        writer.Begin();
        writer.Add(capability.Head);
        bool isFirst = true;
        foreach (Range word in Words.Of(mechanisms))
        {
            if (AuthMechanisms.IsBound(mechanisms[word], scramGoes) || AuthMechanisms.IsExternal(mechanisms[word]))
                continue;
            if (!isFirst)
                writer.Add(" "u8);
            writer.Add(mechanisms[word]);
            isFirst = false;
        }
        writer.End();
    }
}
