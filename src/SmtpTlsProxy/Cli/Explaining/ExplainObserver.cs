using System.Net;
using SmtpTlsProxy.Cli.Probing;
using SmtpTlsProxy.Configuration;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Telemetry;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Cli.Explaining;

/// <summary>Writes down how a destination is made ready: the steps are a session's own, here they are seen one by one.</summary>
sealed class ExplainObserver(TimeProvider time) : IUpstreamObserver
{
    readonly List<ProbeStep> _steps = [];
    long _last = time.GetTimestamp();

    public IReadOnlyList<ProbeStep> Steps => _steps;

    /// <summary>A connection stood.</summary>
    public bool IsReached { get; private set; }

    public HandshakeResult? Handshake { get; private set; }

    /// <summary>Why TLS was not to be had; null where it was, or was not asked for.</summary>
    public UpstreamStartTls? WithoutTls { get; private set; }

    /// <summary>The last answer to EHLO.</summary>
    public SeenReply? Ehlo { get; private set; }

    /// <summary>A rule that refused, or would have.</summary>
    public (ReportOnly Rule, bool Refused)? Ruled { get; private set; }

    public void UpstreamAttempt(string destination) => _last = time.GetTimestamp();

    public void Resolved(IReadOnlyList<EndPoint> addresses) => Step("resolve", addresses.Count == 0 ? "no address" : string.Join(", ", addresses));

    public void Dialled(EndPoint to, ConnectResult result, string detail)
    {
        IsReached |= result is ConnectResult.Ok;
        Step("connect", result is ConnectResult.Ok ? $"{to}" : $"{to}: {detail}");
    }

    public void Heard(SetupStep step, int code, ReadOnlySpan<byte> reply)
    {
        SeenReply seen = SeenReply.Of(code, reply);
        if (step is SetupStep.Ehlo)
            Ehlo = seen;
        Step(Of(step), seen.ToString());
    }

    public void UpstreamStartTls(UpstreamStartTls outcome)
    {
        if (outcome is Telemetry.UpstreamStartTls.Used)
            return;
        if (outcome is not Telemetry.UpstreamStartTls.Stripped)
            WithoutTls = outcome;
        Step("STARTTLS", Of(outcome));
    }

    public void UpstreamHandshakeBegan()
    {
    }

    public void UpstreamHandshake(HandshakeResult result)
    {
        Handshake = result;
        Step("handshake", result.Succeeded ? $"{result.Version}, {result.Cipher}, {result.Group}{(result.Resumed ? ", resumed" : "")}" : $"{Words.Of(result.Outcome)}: {result.Detail}");
        if (result.Verdict is { } verdict)
            Step("verify", $"{(verdict.IsGood ? "good" : "not good")} by {verdict.Rule}: {verdict.Reason}");
    }

    public void Violated(Violation kind, bool byClient) => Step("violation", $"{kind}");

    public void Policy(ReportOnly rule, bool refused)
    {
        Ruled = (rule, refused);
        Step("policy", $"{Vocabulary.ReportOnly.WordOf(rule)} {(refused ? "refuses" : "would refuse, but is not enforced")}");
    }

    public void UpstreamDowngraded(string destination, string loss, string now, string best, bool refused) => Step("ratchet", $"{loss}: {now}, at best {best}");

    public void UpstreamConnect(string destination, ConnectResult result, in ConnectPhases phases = default)
    {
    }

    static string Of(SetupStep step) => step switch
    {
        SetupStep.Greeting => "greeting",
        SetupStep.Ehlo => "EHLO",
        SetupStep.StartTls => "STARTTLS",
        SetupStep.XClient => "XCLIENT",
        SetupStep.XForward => "XFORWARD",
        _ => "QUIT",
    };

    static string Of(UpstreamStartTls outcome) => outcome switch
    {
        Telemetry.UpstreamStartTls.NotOffered => "not offered",
        Telemetry.UpstreamStartTls.Refused => "refused",
        Telemetry.UpstreamStartTls.Injection => "octets in clear stood behind an answer",
        _ => "it worked before: stripped",
    };

    void Step(string name, string result)
    {
        long now = time.GetTimestamp();
        _steps.Add(new ProbeStep(name, time.GetElapsedTime(_last, now), Printable.Of(result)));
        _last = now;
    }
}
