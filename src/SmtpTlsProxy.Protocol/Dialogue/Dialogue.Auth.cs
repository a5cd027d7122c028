namespace SmtpTlsProxy.Protocol;

/// <summary>AUTH (RFC 4954): its lines are opaque and never logged (rule 2.4).</summary>
partial class Dialogue
{
    /// <summary>A 334 is unanswered: the client's next line is a response.</summary>
    bool _clientMayContinueAuth;

    /// <summary>AUTH succeeded in this dialogue.</summary>
    bool _authenticated;

    /// <summary>The first octets behind 235 show whether a security layer was begun.</summary>
    bool _afterAuth;

    /// <summary>An empty line is a response, <c>*</c> aborts: the server knows.</summary>
    ClientStep TakeContinuation(ReadOnlySpan<byte> input)
    {
        Line line = LineScanner.Scan(input, MaxAuthLine);
        if (line.End == LineEnd.NeedsMore)
            return new ClientStep { NeedsMore = true };
        if (line.End == LineEnd.TooLong)
            return EndAuth(Violation.LineTooLong, OwnReplies.LineTooLong);
        if (line.Text.ContainsAny((byte)0, (byte)'\r') || (line.End == LineEnd.BareLf && RejectsBareNewlines))
            return EndAuth(Violation.CommandOctets, OwnReplies.BadSyntax);
        _moved++;
        _clientMayContinueAuth = false;
        return new ClientStep { Output = LineOf(input, line), Consumed = line.Length };
    }

    ClientStep EndAuth(Violation kind, OwnReply reply)
    {
        _observer.Violated(kind, byClient: true);
        return new ClientStep { Verdict = Close(EndReason.Violation, reply) };
    }

    UpstreamStep AuthChallenged(Reply reply)
    {
        _clientMayContinueAuth = true;
        return Relayed(reply);
    }

    bool IsSaslLayer(ReadOnlySpan<byte> input) => _afterAuth && !char.IsAsciiLetter((char)input[0]);

    /// <summary>A SASL security layer cannot be carried: nobody here can read it (RFC 4422 section 3.7).</summary>
    ClientStep LeaveSaslLayer()
    {
        _observer.Violated(Violation.SaslLayer, byClient: true);
        return new ClientStep { Verdict = Close(EndReason.Violation) };
    }
}
