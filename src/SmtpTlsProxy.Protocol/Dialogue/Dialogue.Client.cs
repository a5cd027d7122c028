namespace SmtpTlsProxy.Protocol;

/// <summary>What the client says: lines and commands.</summary>
partial class Dialogue
{
    /// <summary>The longest AUTH line and continuation line with CRLF (rule 2.3, RFC 4954 section 4).</summary>
    const int MaxAuthLine = 12290;

    /// <summary>So much of an over-long line is swallowed (rule 2.3).</summary>
    const int MaxSwallowed = 64 * 1024;

    /// <summary>A line whose bare LF became CRLF; made for the clients that need it.</summary>
    byte[] _line = [];

    int _swallowed;

    /// <summary>Takes a run of client octets. Call only while <see cref="WantsClient"/>.</summary>
    public ClientStep FromClient(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return default;
        _clientSpoke = true;
        return _input switch
        {
            Input.Content or Input.DiscardedContent => TakeContent(input),
            Input.Chunk or Input.DiscardedChunk => TakeChunk(input),
            Input.OverlongLine => SwallowLine(input),
            _ when _clientMayContinueAuth => TakeContinuation(input),
            _ => TakeLine(input),
        };
    }

    ClientStep TakeLine(ReadOnlySpan<byte> input)
    {
        if (IsSaslLayer(input))
            return LeaveSaslLayer();
        if (LooksLikeClientHello(input) is { } isClientHello)
            return isClientHello ? LeaveClientHello() : new ClientStep { NeedsMore = true };
        Line line = LineScanner.Scan(input, _rules.CommandLine);
        if (line.End == LineEnd.TooLong && System.Text.Ascii.EqualsIgnoreCase(input[..5], "AUTH "u8))
            line = LineScanner.Scan(input, MaxAuthLine);
        if (line.End == LineEnd.NeedsMore)
            return new ClientStep { NeedsMore = true };
        _moved++;
        if (_nextReply is not null)
            return new ClientStep { Consumed = input.Length, Verdict = Close(_nextReason, _nextReply) };
        if (line.End == LineEnd.TooLong)
            return _afterAuth ? LeaveSaslLayer() : BeginOverlongLine(input);
        return TakeCommand(input, line);
    }

    ClientStep TakeCommand(ReadOnlySpan<byte> input, Line line)
    {
        Command command = CommandScanner.Scan(line.Text);
        if (_afterAuth && command.Fault == CommandFault.Syntax)
            return LeaveSaslLayer();
        _afterAuth = false;
        bool isBarrier = IsBarrier(command.Traits);
        // Rule 2.6: counted only. Behind DATA and AUTH it is looked at when their reply goes out, behind STARTTLS by the
        // session, behind BDAT when its chunk is through.
        if (isBarrier && input.Length > line.Length && command.Verb is not (Verb.Data or Verb.Auth or Verb.StartTls or Verb.Bdat))
            _observer.Violated(Violation.Pipelining, byClient: true);
        if (line.End == LineEnd.BareLf && RejectsBareNewlines)
            return Violate(Violation.CommandOctets, OwnReplies.BadSyntax, line.Length);
        return command switch
        {
            { Fault: CommandFault.Http } => Violate(Violation.Http, OwnReplies.NotHttp, line.Length),
            { Fault: CommandFault.Syntax } => AnswerFault(command.Verb, line.Length),
            { Verb: Verb.Bdat } => TakeBdat(command, input, line),
            { Verb: Verb.StartTls } => TakeStartTls(command, line.Length),
            _ when RefusalOf(command) is { } refusal => Answer(command.Verb, refusal, line.Length),
            { Verb: Verb.Ehlo or Verb.Helo } => TakeHello(command, input, line),
            { Verb: Verb.Rset } when BearsNoRset => Forward(Verb.Rset, Treatment.Relay, "NOOP\r\n"u8, line.Length),
            _ => Forward(command.Verb, Treatment.Relay, LineOf(input, line), line.Length),
        };
    }

    ClientStep Forward(Verb verb, Treatment treatment, ReadOnlySpan<byte> output, int consumed, long octets = 0)
    {
        Owe(verb, treatment, octets: octets);
        _behindEnd += output.Length;
        return new ClientStep { Output = output, Consumed = consumed };
    }

    ClientStep Answer(Verb verb, OwnReply reply, int consumed)
    {
        Owe(verb, Treatment.Own, reply);
        return new ClientStep { Consumed = consumed };
    }

    /// <summary>Rule 2.9: never sent on. Content may stand behind what was meant for DATA, but the client's manners stay counted.</summary>
    ClientStep AnswerFault(Verb meant, int consumed)
    {
        _observer.Violated(Violation.CommandOctets, byClient: true);
        ClientStep step = Answer(Verb.Other, OwnReplies.BadSyntax, consumed);
        _queue.Tail.LooksBehind = (VerbTable.TraitsOf(meant) & VerbTraits.LooksBehind) != 0;
        return step;
    }

    /// <summary>Answered in its turn, then the session ends; nothing more is read.</summary>
    ClientStep Violate(Violation kind, OwnReply reply, int consumed, Verb verb = Verb.Other)
    {
        _observer.Violated(kind, byClient: true);
        _endWhenEmpty = EndReason.Violation;
        return Answer(verb, reply, consumed);
    }

    /// <summary>The line as it came; a bare LF that ends it goes on as CRLF (rule 2.9).</summary>
    ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> input, Line line)
    {
        if (line.End == LineEnd.CrLf)
            return input[..line.Length];
        int length = line.Text.Length + 2;
        if (_line.Length < length)
            _line = new byte[Math.Max(512, length)];
        line.Text.CopyTo(_line);
        "\r\n"u8.CopyTo(_line.AsSpan(line.Text.Length));
        return _line.AsSpan(0, length);
    }

    /// <summary>Rule 2.7: true, false while undecided, null for anything else.</summary>
    bool? LooksLikeClientHello(ReadOnlySpan<byte> input)
    {
        // RFC 8446 section 5.1: a record of type handshake(22), legacy version 3.x.
        if (_client.IsTls || input[0] != 0x16)
            return null;
        return input.Length == 1 ? false : input[1] == 3 ? true : null;
    }

    ClientStep LeaveClientHello()
    {
        _observer.Violated(Violation.TlsOnClearPort, byClient: true);
        return new ClientStep { Verdict = Close(EndReason.Violation) };
    }

    ClientStep BeginOverlongLine(ReadOnlySpan<byte> input)
    {
        _observer.Violated(Violation.LineTooLong, byClient: true);
        Owe(Verb.Other, Treatment.Own, OwnReplies.LineTooLong);
        (_input, _swallowed) = (Input.OverlongLine, 0);
        return SwallowLine(input);
    }

    /// <summary>Rule 2.3: up to 64 KiB of it, then close.</summary>
    ClientStep SwallowLine(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> allowed = input[..Math.Min(input.Length, MaxSwallowed - _swallowed)];
        int lf = allowed.IndexOf((byte)'\n');
        int consumed = lf < 0 ? allowed.Length : lf + 1;
        _swallowed += consumed;
        bool isTooMuch = lf < 0 && _swallowed == MaxSwallowed;
        if (isTooMuch)
            _endWhenEmpty = EndReason.Violation;
        if (isTooMuch || lf >= 0)
            _input = Input.Lines;
        return new ClientStep { Consumed = consumed, Verdict = Settle() };
    }
}
