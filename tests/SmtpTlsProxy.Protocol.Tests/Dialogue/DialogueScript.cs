using System.Text;

namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>
/// A dialogue played from both sides, as the relay drives it: octets in, outputs checked. Each script is played whole, line by line and octet
/// by octet, and must come out the same.
/// </summary>
sealed class DialogueScript
{
    readonly Setup _setup;
    readonly Cut _cut;
    readonly ScriptedLeg _client = new(), _upstream = new();
    readonly StringBuilder _toClient = new(), _toUpstream = new();
    bool _draining, _upstreamIsOver;

    DialogueScript(Setup setup, Cut cut)
    {
        (_setup, _cut) = (setup, cut);
        Dialogue = setup.Dialogue(Heard);
    }

    public Heard Heard { get; } = new();

    public Protocol.Dialogue Dialogue { get; }

    public Verdict Verdict { get; private set; }

    /// <summary>Octets that the upstream leg cannot hand on now.</summary>
    public int Unsent { get; set; }

    public bool WasCut { get; private set; }

    public string LeftUnread => Encoding.Latin1.GetString(_client.Rest);

    public static void Play(Setup setup, Action<DialogueScript> script)
    {
        foreach (Cut cut in setup.Cuts)
        {
            DialogueScript played = new(setup, cut);
            try
            {
                played._client.Feed(Encoding.Latin1.GetBytes(setup.Eager));
                played.Pump();
                script(played);
                played.Quiet();
            }
            catch (Exception failure) when (setup.Cuts.Length > 1)
            {
                throw new InvalidOperationException($"Cut: {cut}. {failure.Message}", failure);
            }
        }
    }

    public void Client(string octets) => Feed(_client, Encoding.Latin1.GetBytes(octets));

    public void Upstream(string octets) => Feed(_upstream, Encoding.Latin1.GetBytes(octets));

    /// <summary>The client says it and the upstream gets exactly that.</summary>
    public void Forwards(string octets)
    {
        Client(octets);
        ToUpstream(octets);
    }

    /// <summary>The upstream says it and the client gets exactly that.</summary>
    public void Relays(string octets)
    {
        Upstream(octets);
        ToClient(octets);
    }

    /// <summary>A command that goes up as it is and whose reply comes back as it is.</summary>
    public void Exchange(string command, string reply)
    {
        Forwards(command + "\r\n");
        Relays(reply + "\r\n");
    }

    public void Greeted() => Relays("220 mx.test ESMTP\r\n");

    /// <summary>An EHLO answer of these capabilities; the client's is not looked at.</summary>
    public void Hello(params string[] capabilities)
    {
        Forwards("EHLO client.test\r\n");
        Upstream(Extensions("mx.test", capabilities));
        _toClient.Clear();
    }

    public void GreetedWith(params string[] capabilities)
    {
        Greeted();
        Hello(capabilities);
    }

    public void OpensTransaction()
    {
        Exchange("MAIL FROM:<a@client.test>", "250 ok");
        Exchange("RCPT TO:<b@mx.test>", "250 ok");
    }

    /// <summary>Up to the 354.</summary>
    public void BeginsData()
    {
        OpensTransaction();
        Exchange("DATA", "354 go on");
    }

    public static string Extensions(string name, params string[] capabilities) =>
        string.Concat(capabilities.Prepend(name).Select((line, at) => $"250{(at < capabilities.Length ? '-' : ' ')}{line}\r\n"));

    public void ToClient(string expected) => Expect(_toClient, expected);

    /// <summary>Only the beginning of one reply: code and enhanced code.</summary>
    public void ToClientBegins(string expected)
    {
        string got = _toClient.ToString();
        Assert.StartsWith(expected, got);
        Assert.EndsWith("\r\n", got);
        Assert.Equal(1, got.Count(octet => octet == '\n'));
        _toClient.Clear();
    }

    public void ToUpstream(string expected) => Expect(_toUpstream, expected);

    /// <summary>What went up, where it depends on the cut.</summary>
    public string TakeToUpstream()
    {
        string taken = _toUpstream.ToString();
        _toUpstream.Clear();
        return taken;
    }

    /// <summary>Nothing that was not asked for went anywhere.</summary>
    public void Quiet()
    {
        ToClient("");
        ToUpstream("");
    }

    /// <summary>All that went out so far and was not looked at, and what became of the session.</summary>
    public string Transcript()
    {
        string told = $"{Verdict}\nmessages: {string.Join(' ', Heard.Messages)}\nbad: {Dialogue.BadCommands}";
        string written = $"to client:\n{_toClient}\nto upstream:\n{_toUpstream}\n{told}";
        _toClient.Clear();
        _toUpstream.Clear();
        return written;
    }

    public void ClientEnds(InputEnd end = InputEnd.Orderly)
    {
        _client.End = end;
        Pump();
    }

    public void UpstreamEnds(InputEnd end = InputEnd.Orderly)
    {
        _upstream.End = end;
        Pump();
    }

    public void Timer(Awaits expected)
    {
        Assert.Equal(expected, Dialogue.Waiting.For);
        Step(timerFired: true);
        Pump();
    }

    public void Drain()
    {
        _draining = true;
        Pump();
    }

    public void Pump()
    {
        do
            Step(timerFired: false);
        while (Verdict.Kind == VerdictKind.Again);
    }

    public void GoesOn() => Assert.Equal(VerdictKind.Wait, Verdict.Kind);

    public void Upgrades() => Assert.Equal(VerdictKind.Upgrade, Verdict.Kind);

    /// <summary>Closed, for this reason, with these last words (their beginning) and this parting from the upstream.</summary>
    public SessionEnd Closes(EndReason reason, string? lastWords = null, UpstreamParting? parting = null)
    {
        Assert.Equal(VerdictKind.Close, Verdict.Kind);
        SessionEnd end = Verdict.End;
        Assert.Equal(reason, end.Reason);
        if (lastWords is null)
            Assert.Null(end.LastReply);
        else
            Assert.StartsWith(lastWords, end.LastReply?.ToString());
        Assert.Equal(parting ?? end.Upstream, end.Upstream);
        return end;
    }

    void Feed(ScriptedLeg leg, byte[] octets)
    {
        foreach (byte[] piece in Pieces(octets))
        {
            leg.Feed(piece);
            Pump();
        }
    }

    IEnumerable<byte[]> Pieces(byte[] octets) => _cut switch
    {
        Cut.Whole => [octets],
        Cut.Octet => octets.Chunk(1),
        _ => Encoding.Latin1.GetString(octets).Split('\n').SkipLast(1).Select(line => line + "\n")
            .Append(Encoding.Latin1.GetString(octets)[(octets.AsSpan().LastIndexOf((byte)'\n') + 1)..]).Select(Encoding.Latin1.GetBytes),
    };

    /// <summary>One step of the relay.</summary>
    void Step(bool timerFired)
    {
        if (Verdict.IsFinal)
            return;
        bool moved;
        int turns = 0;
        do
        {
            Assert.True(++turns < 100_000, "The dialogue goes round in circles.");
            moved = false;
            Verdict = PumpReplies(ref moved);
            if (!Verdict.IsFinal)
                Verdict = PumpCommands(ref moved);
        }
        while (moved && !Verdict.IsFinal);
        if (!Verdict.IsFinal)
            Verdict = Dialogue.After(timerFired, _draining, Unsent);
        WasCut |= Dialogue.CutsUpstream;
    }

    Verdict PumpReplies(ref bool moved)
    {
        while (true)
        {
            bool behind = Dialogue.LooksBehind && !_client.IsEmpty;
            if (Dialogue.TryTakeOwnReply(behind, out ReadOnlySpan<byte> own))
            {
                _toClient.Append(Encoding.Latin1.GetString(own));
                continue;
            }
            if (Dialogue.Due.IsFinal)
                return Dialogue.Due;
            if (_upstreamIsOver || Dialogue.CutsUpstream)
                return Verdict.Wait;
            if (!_upstream.HasData)
            {
                if (_upstream.End is not { } end)
                    return Verdict.Wait;
                _upstreamIsOver = moved = true;
                if (Dialogue.UpstreamEnded(end) is { IsFinal: true } verdict)
                    return verdict;
                continue;
            }
            UpstreamStep step = Dialogue.FromUpstream(_upstream.Rest, behind, Unsent);
            _toClient.Append(Encoding.Latin1.GetString(step.Output));
            _toUpstream.Append(Encoding.Latin1.GetString(step.ToUpstream));
            _upstream.Consume(step.Consumed);
            moved = true;
            if (step.Verdict.IsFinal)
                return step.Verdict;
            if (step.NeedsMore)
                _upstream.NeedMore();
        }
    }

    Verdict PumpCommands(ref bool moved)
    {
        while (Dialogue.WantsClient)
        {
            if (!_client.HasData)
                return _client.End is { } end ? Dialogue.ClientEnded(end) : Verdict.Wait;
            ClientStep step = Dialogue.FromClient(_client.Rest);
            if (Dialogue.Discards)
                Assert.True(step.Output.IsEmpty, "What is discarded must not go up.");
            _toUpstream.Append(Encoding.Latin1.GetString(step.Output));
            _client.Consume(step.Consumed);
            moved = true;
            if (step.Verdict.IsFinal)
                return step.Verdict;
            if (step.NeedsMore)
                _client.NeedMore();
        }
        return Verdict.Wait;
    }

    static void Expect(StringBuilder got, string expected)
    {
        Assert.Equal(expected, got.ToString());
        got.Clear();
    }
}
