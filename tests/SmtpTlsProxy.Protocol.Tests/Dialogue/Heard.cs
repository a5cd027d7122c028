namespace SmtpTlsProxy.Protocol.Tests;

/// <summary>Writes down what a dialogue tells its observer.</summary>
sealed class Heard : DialogueObserver
{
    public List<(Verb Verb, int Code)> Answers { get; } = [];

    public List<string> OwnReasons { get; } = [];

    public List<(MessageOutcome Outcome, long Size)> Messages { get; } = [];

    public int Began { get; private set; }

    public List<Violation> ByClient { get; } = [];

    public List<Violation> ByUpstream { get; } = [];

    public List<StartTlsEvent> StartTlsEvents { get; } = [];

    public List<(ReportOnly Rule, bool Refused)> Policies { get; } = [];

    public int Hidden { get; private set; }

    public override void Answered(Verb verb, int code) => Answers.Add((verb, code));

    public override void SpokeForItself(OwnReply reply) => OwnReasons.Add(reply.Reason);

    public override void MessageEnded(MessageOutcome outcome, long size) => Messages.Add((outcome, size));

    public override void MessageBegan() => Began++;

    public override void Violated(Violation kind, bool byClient) => (byClient ? ByClient : ByUpstream).Add(kind);

    public override void StartTls(StartTlsEvent what) => StartTlsEvents.Add(what);

    public override void Policy(ReportOnly rule, bool refused) => Policies.Add((rule, refused));

    public override void MechanismsHidden() => Hidden++;
}
