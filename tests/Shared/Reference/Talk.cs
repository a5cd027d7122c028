using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Reference;

/// <summary>
/// The pure dialogue between two legs in memory, driven as the relay drives it: replies first, room asked for before content is read, a cut
/// leg written to no more. A dialogue that goes round in circles or hoards octets is a failure; so is one that disagrees with the reference.
/// </summary>
public sealed partial class Talk
{
    const int MostTurns = 20_000;

    /// <summary>The longest that may wait for more octets: an AUTH line on the client's side, a reply on the upstream's.</summary>
    const int MostOfClient = 12_290, MostOfUpstream = 64 * 1024;

    readonly TalkSetup _setup;
    readonly MemoryLeg _client = new(), _upstream = new();
    readonly List<(int, int)> _moments = [];
    readonly Silent _observer = new();
    Dialogue _dialogue;
    Verdict _verdict;
    bool _draining, _upstreamIsOver;

    public Talk(TalkSetup setup)
    {
        _setup = setup;
        _dialogue = Dialogue.Start(setup.Rules, setup.Client, setup.Upstream, setup.OwnGreeting, _observer);
        Pump();
    }

    public bool IsOver => _verdict.Kind == VerdictKind.Close;

    public SessionEnd End => _verdict.End;

    public Awaits Awaits => _dialogue.Waiting.For;

    /// <summary>All octets that the client sent so far.</summary>
    public int ClientSaid => _client.Said;

    public void Client(ReadOnlySpan<byte> octets)
    {
        if (IsOver || _client.End is not null)
            return;
        _client.Feed(octets);
        Pump();
    }

    public void Upstream(ReadOnlySpan<byte> octets)
    {
        if (IsOver || octets.IsEmpty)
            return;
        if (_upstream.Unsent > 0 && !IsInContent())
            Window(long.MaxValue);                      // only content is ever answered before it is taken
        if (IsOver || _upstream.End is not null || _upstream.IsCut)
            return;
        _upstream.Feed(octets);
        _moments.Add((_upstream.Said, _upstream.Taken));
        Pump();
    }

    /// <summary>The upstream takes no more than this until told otherwise.</summary>
    public void Window(long octets)
    {
        _upstream.Window = octets;
        if (IsOver)
            return;
        Pump();
    }

    public void ClientEnds(InputEnd end)
    {
        _client.End ??= end;
        Pump();
    }

    public void UpstreamEnds(InputEnd end)
    {
        _upstream.End ??= end;
        Pump();
    }

    /// <summary>The timer of what is awaited fires.</summary>
    public void Timer()
    {
        Step(timerFired: true);
        Pump();
    }

    public void Drain()
    {
        _draining = true;
        Pump();
    }

    /// <summary>Nobody says more: what was asked to go has gone, and what was said is compared with the reference.</summary>
    public Transcript Finish()
    {
        if (!IsOver)
            Window(long.MaxValue);
        if (!IsOver)
            _dialogue.Abandon();
        Transcript said = Said();
        Comparison.Check(said);
        return said;
    }

    public Transcript Said() => new()
    {
        FromClient = _client.AllSaid,
        ToClient = _client.AllTaken,
        ToUpstream = _upstream.AllTaken,
        FromUpstream = _upstream.AllSaid,
        WasCut = _upstream.LostOctets || _upstream.Unsent > 0,
        Moments = _moments,
        BareNewlines = _setup.Rules.BareNewlines,
        OwnGreeting = _setup.OwnGreeting,
        LfReplies = _setup.Rules.Quirks.HasFlag(Quirks.LfReplies),
        Greeting = _setup.Rules.Greeting.ToString(),
    };

    /// <summary>What the strict server has to answer next: the greeting, a verb, a SASL response, or a dot; null for nothing.</summary>
    public string? Unanswered()
    {
        if (IsOver || _upstream.IsCut || _upstream.End is not null)
            return null;
        if (!_setup.OwnGreeting && ReplyStream.Split(_upstream.AllSaid, lfEnds: true).Replies.Count == 0)
            return "GREETING";
        Reading server = Server();
        return server.Acts.FirstOrDefault(act => act.Reply is null && act is { Kind: not ActKind.OpenContent, IsWhole: true }) switch
        {
            null => null,
            { Kind: ActKind.Response } => "RESPONSE",
            { Kind: ActKind.Content } => ".",
            { Verb: var verb } => verb,
        };
    }

    bool IsInContent() => Server().Acts is [.., { Kind: ActKind.OpenContent } or { Kind: ActKind.Chunk, IsWhole: false }];

    Reading Server()
    {
        ReplyStream replies = ReplyStream.Split(_upstream.AllSaid, lfEnds: true);
        return ReferenceServer.Strict.Read(_upstream.AllTaken, [.. replies.Replies.Skip(_setup.OwnGreeting ? 0 : 1)]);
    }

    sealed class Silent : DialogueObserver
    {
        public int Began { get; private set; }

        public int Ended { get; private set; }

        public override void MessageBegan() => Began++;

        public override void MessageEnded(MessageOutcome outcome, long size)
        {
            if (++Ended > Began)
                throw new MismatchException("a message ended that had not begun, or twice");
        }
    }
}
