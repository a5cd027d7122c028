using System.Collections.Concurrent;
using System.Numerics;
using Prometheus;
using SmtpTlsProxy.Protocol;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One listener's counters, resolved once for it and its upstream. Used from all loops.</summary>
sealed class ListenerMetrics
{
    static readonly string[] _actions = ["would_refuse", "refused"];
    static readonly string[] _legs = ["upstream", "client"];

    readonly MessageMetrics _messages;
    readonly Children<EndReason> _ends;
    readonly Children<ListenerStartTls> _startTls;
    readonly Children<Limit> _limits;
    readonly Children<Violation>[] _violations;
    readonly Counter.Child[][] _policy;
    readonly Counter.Child[] _bytes;
    readonly Counter _replies;
    readonly ConcurrentDictionary<(int Code, string Reason), Counter.Child> _repliesByReason = new();
    readonly Histogram.Child _duration;
    readonly Gauge.Child _sessions;
    readonly Gauge.Child _sessionsLimit;

    public ListenerMetrics(Instruments make, string listener, string upstream, TlsMode mode)
    {
        (Name, Upstream, Mode) = (listener, upstream, mode);
        Tls = new(make, "listener", "client", listener);
        _messages = new(make, listener, upstream);
        _sessions = make.Gauge("sessions", "Sessions that are open.", "listener").WithLabels(listener);
        _sessionsLimit = make.Gauge("sessions_limit", "Sessions that may be open at once.", "listener").WithLabels(listener);
        _duration = make.Histogram("session_duration_seconds", "How long sessions lasted.", Instruments.LongSeconds, "listener").WithLabels(listener);
        _ends = EndsOf(make.Counter("sessions_total", "Sessions that ended, by the reason.", "listener", "end"), listener);
        Counter startTls = make.Counter("listener_starttls_total", "How STARTTLS went on the client leg.", "listener", "outcome");
        _startTls = new(Labels.Of<ListenerStartTls>(), outcome => startTls.WithLabels(listener, outcome));
        Counter limits = make.Counter("limit_rejections_total", "What was refused or ended because a limit was reached.", "listener", "limit");
        _limits = new(Labels.Limits, limit => limits.WithLabels(listener, limit));
        Counter violations = make.Counter("protocol_violations_total", "Breaches of the protocol, by the leg they came from.", "listener", "leg", "kind");
        _violations = [.. _legs.Select(leg => new Children<Violation>(Labels.Of<Violation>(), kind => violations.WithLabels(listener, leg, kind)))];
        Counter policy = make.Counter("policy_decisions_total", "What a rule of policy refused, or would have refused.", "listener", "upstream", "rule", "action");
        _policy = [.. Labels.Rules.Select(rule => _actions.Select(action => policy.WithLabels(listener, upstream, rule, action)).ToArray())];
        Counter bytes = make.Counter("bytes_total", "Application octets, by leg and direction.", "listener", "leg", "direction");
        _bytes = [bytes.WithLabels(listener, "client", "in"), bytes.WithLabels(listener, "client", "out"), bytes.WithLabels(listener, "upstream", "in"), bytes.WithLabels(listener, "upstream", "out")];
        _replies = make.Counter("proxy_replies_total", "Replies that the proxy gave by itself.", "listener", "code", "reason");
    }

    public string Name { get; }
    public string Upstream { get; }
    public TlsMode Mode { get; }
    public TlsMetrics Tls { get; }

    public int Sessions => (int)_sessions.Value;
    public int SessionsLimit { get => (int)_sessionsLimit.Value; set => _sessionsLimit.Set(value); }
    public MessageMetrics Messages => _messages;

    public void SessionBegan() => _sessions.Inc();

    public void SessionEnded(EndReason why, TimeSpan duration)
    {
        _sessions.Dec();
        _ends[why].Inc();
        _duration.Observe(duration.TotalSeconds);
    }

    public void LimitReached(Limit limit) => _limits[limit].Inc();

    public void StartTls(ListenerStartTls outcome) => _startTls[outcome].Inc();

    public void Violated(Violation kind, bool byClient) => _violations[byClient ? 1 : 0][kind].Inc();

    public void Policy(ReportOnly rule, bool refused)
    {
        if (rule != ReportOnly.None)
            _policy[BitOperations.TrailingZeroCount((uint)rule)][refused ? 1 : 0].Inc();
    }

    /// <summary>Makes the series of replies that exist; both parts come from our own code, so the list is closed.</summary>
    public void Expect(IEnumerable<OwnReply> replies)
    {
        foreach (OwnReply reply in replies)
            Replies(reply);
    }

    public void Replied(OwnReply reply) => Replies(reply).Inc();

    public void Moved(in SessionBytes bytes)
    {
        _bytes[0].Inc(bytes.ClientIn);
        _bytes[1].Inc(bytes.ClientOut);
        _bytes[2].Inc(bytes.UpstreamIn);
        _bytes[3].Inc(bytes.UpstreamOut);
    }

    Counter.Child Replies(OwnReply reply) =>
        _repliesByReason.GetOrAdd((reply.Code, reply.Reason), static (key, all) => all._replies.WithLabels(all.Name, key.Code.ToString(), key.Reason), this);

    // "none" is no end: its place stays empty, so that no series stands for sessions that go on.
    static Children<EndReason> EndsOf(Counter ends, string listener) =>
        new(Labels.Ends, end => end == Labels.Ends[0] ? null! : ends.WithLabels(listener, end));
}
