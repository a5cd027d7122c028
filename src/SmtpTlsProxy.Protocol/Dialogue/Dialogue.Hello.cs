namespace SmtpTlsProxy.Protocol;

/// <summary>EHLO, HELO and what stands in for them (rules 1.2 to 1.4).</summary>
partial class Dialogue
{
    /// <summary>The HELO line with the argument of the client's EHLO, kept while it may be needed (rule 1.4).</summary>
    byte[] _helo = [];

    int _heloLength;

    /// <summary>A rewritten EHLO answer: one a loop, not one a session. What is in it is written before anything else is read.</summary>
    [ThreadStatic]
    static byte[]? _rewritten;

    /// <summary>The client's own name reaches the upstream, unless the upstream sets <c>helo</c> (rule 1.2).</summary>
    ClientStep TakeHello(Command command, ReadOnlySpan<byte> input, Line line)
    {
        bool isEhlo = command.Verb == Verb.Ehlo;
        if (isEhlo && (_rules.Quirks & Quirks.HeloOnly) != 0)
        {
            KeepHelo(command.Argument);
            return Forward(Verb.Ehlo, Treatment.HeloForEhlo, HeloLine, line.Length);
        }
        // RFC 5321 section 4.1.4: a second EHLO does what RSET does. It is the one that must follow STARTTLS.
        if (isEhlo && FirstEhlo is not null)
            return Forward(Verb.Ehlo, Treatment.RsetForEhlo, BearsNoRset ? "NOOP\r\n"u8 : "RSET\r\n"u8, line.Length);
        if (isEhlo && OffersStartTls)
            KeepHelo(command.Argument);
        ReadOnlySpan<byte> output = (isEhlo ? _rules.EhloLine : _rules.HeloLine) ?? LineOf(input, line);
        return Forward(command.Verb, isEhlo ? Treatment.EhloRewrite : Treatment.Relay, output, line.Length);
    }

    /// <summary>Quirk <c>noRset</c>: outside a transaction RSET changes nothing, so that NOOP does as well.</summary>
    bool BearsNoRset => (_rules.Quirks & Quirks.NoRset) != 0 && _queue.IsEmpty && !_transaction.IsOpen;

    ReadOnlySpan<byte> HeloLine => _rules.HeloLine ?? _helo.AsSpan(0, _heloLength);

    void KeepHelo(ReadOnlySpan<byte> argument)
    {
        if (_rules.HeloLine is not null)
            return;
        _heloLength = argument.Length + 7;
        if (_helo.Length < _heloLength)
            _helo = new byte[_heloLength];
        "HELO "u8.CopyTo(_helo);
        argument.CopyTo(_helo.AsSpan(5));
        "\r\n"u8.CopyTo(_helo.AsSpan(5 + argument.Length));
    }

    UpstreamStep EhloAnswered(Reply reply)
    {
        Treatment treatment = _queue.Head.Treatment;
        bool isEhlo = treatment == Treatment.EhloRewrite;
        // One that has answered EHLO before knows it, and refuses this one.
        if (isEhlo && OffersStartTls && !_answer.Extended && reply.Code is 500 or 501 or 502 or 504)
            return FallBackToHelo(reply);
        _queue.Take();
        _observer.Answered(Verb.Ehlo, reply.Code);
        if (!reply.IsPositive)
            return IsTooBad(Verb.Ehlo, reply.Code) ? Withheld(reply) : Relayed(reply);
        HelloAccepted();
        ReadOnlySpan<byte> said = treatment == Treatment.RsetForEhlo ? FirstEhlo : Mended(reply);
        if (isEhlo && (_rules.Quirks & Quirks.SingleEhlo) != 0)
            FirstEhlo = said.ToArray();
        _rewritten ??= [];
        ReadOnlySpan<byte> answer = treatment == Treatment.HeloForEhlo
            ? EhloRewriter.FromHelo(said, EhloPolicy, _answer, ref _rewritten)
            : EhloRewriter.Rewrite(said, EhloPolicy, _answer, ref _rewritten);
        if (_answer.MechanismsHidden)
            _observer.MechanismsHidden();
        return new UpstreamStep { Output = answer, Consumed = reply.Octets.Length, Verdict = Settle() };
    }

    /// <summary>Rule 1.4: a client that is to be offered STARTTLS gets an answer that can offer it.</summary>
    UpstreamStep FallBackToHelo(Reply refusal)
    {
        _queue.Head.Treatment = Treatment.HeloForEhlo;
        return new UpstreamStep { ToUpstream = HeloLine, Consumed = refusal.Octets.Length };
    }

    /// <summary>A new hello ends a transaction (RFC 5321 section 4.1.4) and, after STARTTLS, the waiting for it (rule 3.4).</summary>
    void HelloAccepted()
    {
        ResetTransaction();
        _awaitsHello = false;
    }
}
