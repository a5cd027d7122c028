using System.Net;
using Microsoft.Extensions.Logging;

namespace SmtpTlsProxy.Telemetry;

/// <summary>The log of all sessions: ids, clients' addresses as far as the operator lets them be known, and the lines.</summary>
sealed partial class SessionLog(LogLines lines, ClientAddress addresses, ILogger logger)
{
    long _lastSession = Random.Shared.NextInt64(1L << 47);

    /// <summary>An id that is new in this process and most likely in every other.</summary>
    public string NextId() => Interlocked.Increment(ref _lastSession).ToString("x12");

    /// <summary>How a client is named.</summary>
    public string Name(EndPoint? client) => addresses.Of(client);

    public void Ended(SessionLine line) => lines.Session(line);

    /// <summary>Messages are told at all: what nobody reads is not made.</summary>
    public bool TellsMessages => lines.TellsMessages;

    public void MessageEnded(MessageLine line) => lines.Message(line);

    /// <summary>A bug of ours ended a session: the one place where a stack is written.</summary>
    public void Fault(Exception fault) => Faulted(logger, fault);

    /// <summary>An upstream lost what it had: an operator should look at it.</summary>
    public void Downgraded(string session, string upstream, string destination, string loss, string now, string best, bool refused) =>
        Downgraded(logger, upstream, destination, loss, now, best, refused ? "refused" : "the session goes on", session);

    [LoggerMessage(EventName = "downgrade", Level = LogLevel.Warning,
        Message = "Upstream {Upstream}, destination {Destination}: {Loss}, now {Now}, before {Best}; {Decision} (session {Session})")]
    static partial void Downgraded(ILogger logger, string upstream, string destination, string loss, string now, string best, string decision, string session);

    [LoggerMessage(EventName = "fault", Level = LogLevel.Error, Message = "A session was ended by a fault of the proxy's own")]
    static partial void Faulted(ILogger logger, Exception fault);
}
