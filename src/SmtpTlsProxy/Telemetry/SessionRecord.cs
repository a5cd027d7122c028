using System.Net;
using SmtpTlsProxy.Protocol;
using SmtpTlsProxy.Transport.OpenSsl;

namespace SmtpTlsProxy.Telemetry;

/// <summary>
/// What is known of one session: counts while it runs, and tells it in one line when it has ended. Hears the dialogue and is told by the session
/// what the dialogue cannot see. Lives on its session's loop.
/// </summary>
sealed partial class SessionRecord : DialogueObserver, IUpstreamObserver
{
    readonly ListenerMetrics _listener;
    readonly UpstreamMetrics _upstream;
    readonly TimeProvider _time;
    readonly SessionLog _log;
    readonly string _id;
    readonly long _began;

    string _client;
    string? _destination;
    ConnectResult? _connect;
    int _retries;
    HandshakeResult? _clientTls;
    HandshakeResult? _upstreamTls;
    bool _clientShakesHands;
    bool _upstreamShakesHands;
    SessionBytes _bytes;
    bool _isOver;

    /// <summary>A session begins: it is counted as open until <see cref="Ended"/>.</summary>
    public SessionRecord(ListenerMetrics listener, UpstreamMetrics upstream, TimeProvider time, SessionLog log, EndPoint? client)
    {
        (_listener, _upstream, _time, _log) = (listener, upstream, time, log);
        _id = log.NextId();
        _client = log.Name(client);
        _began = time.GetTimestamp();
        listener.SessionBegan();
    }

    /// <summary>The session's name in the log.</summary>
    public string Id => _id;

    /// <summary>The listener that the client came to.</summary>
    public string ListenerName => _listener.Name;

    /// <summary>Behind PROXY: the address that counts is another.</summary>
    public void ClientIs(EndPoint? client) => _client = _log.Name(client);

    /// <summary>A limit refused or ended the session, or something in it.</summary>
    public void LimitRejected(Limit limit) => _listener.LimitReached(limit);

    /// <summary>Application octets of the client leg; the last call counts.</summary>
    public void ClientBytes(long received, long sent) => _bytes = _bytes with { ClientIn = received, ClientOut = sent };

    /// <summary>Application octets of the upstream leg; the last call counts.</summary>
    public void UpstreamBytes(long received, long sent) => _bytes = _bytes with { UpstreamIn = received, UpstreamOut = sent };

    /// <summary>The session is over: counts it and writes its line, the first time it is called. A session that a bug ends comes here too.</summary>
    public SessionEnd Ended(SessionEnd end)
    {
        if (_isOver)
            return end;
        _isOver = true;
        if (end.LastReply is { } words && words != _spoken)        // the dialogue may have told it, or only handed it over
            SpokeForItself(words);
        if (!_startTlsIsTold && _commands > 0 && _listener.Mode is TlsMode.Opportunistic or TlsMode.Required)
            ClientStartTls(ListenerStartTls.NotUsed);
        LeaveHandshakes();
        TimeSpan duration = _time.GetElapsedTime(_began);
        EndReason why = end.IsEnd ? end.Reason : EndReason.Fault;
        _listener.Moved(_bytes);
        _listener.SessionEnded(why, duration);
        _log.Ended(Line(why, duration));
        return end;
    }
}
