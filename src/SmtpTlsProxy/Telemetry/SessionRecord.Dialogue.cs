using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

/// <summary>What the dialogue tells.</summary>
sealed partial class SessionRecord
{
    OwnReply? _spoken;
    Violation? _firstViolation;
    int _violations;
    int _commands;
    int _messages;
    int _accepted;
    long _messageBegan;
    bool _inMessage;
    bool _startTlsIsTold;

    public override void Answered(Verb verb, int code)
    {
        if (verb != Verb.Greeting)
            _commands++;
        _upstream.Answered(verb, code);
    }

    public override void SpokeForItself(OwnReply reply)
    {
        _spoken = reply;
        _listener.Replied(reply);
    }

    public override void MessageBegan()
    {
        _inMessage = true;
        _messageBegan = _time.GetTimestamp();
    }

    public override void MessageEnded(MessageOutcome outcome, long size)
    {
        TimeSpan duration = _inMessage ? _time.GetElapsedTime(_messageBegan) : TimeSpan.Zero;
        _inMessage = false;
        _messages++;
        if (outcome == MessageOutcome.Accepted)
            _accepted++;
        _listener.Messages.Ended(ClientSecurity, UpstreamSecurity, outcome, size, duration);
        if (_log.TellsMessages)
            _log.MessageEnded(Line(outcome, size, duration));
    }

    public override void Violated(Violation kind, bool byClient)
    {
        _violations++;
        _firstViolation ??= kind;
        _listener.Violated(kind, byClient);
        if (kind == Violation.BadCommands)
            _listener.LimitReached(Limit.BadCommands);
    }

    public override void StartTls(StartTlsEvent what) =>
        ClientStartTls(what == StartTlsEvent.Injection ? ListenerStartTls.Injection : ListenerStartTls.AlreadyTls);

    public override void Policy(ReportOnly rule, bool refused) => _listener.Policy(rule, refused);
}
