using Serilog;
using Serilog.Events;
using Serilog.Parsing;

namespace SmtpTlsProxy.Telemetry;

/// <summary>
/// The two lines that tools read, one a session and one a message. Each is its event's only property, and is spelled out by the queue's own thread:
/// a session pays for an object, not for two dozen (with the writing below: a fifth of what a 4 KB message cost).
/// </summary>
sealed class LogLines(ILogger logger, TimeProvider time)
{
    const string Line = "line";

    static readonly MessageTemplate _session = Fixed("session");
    static readonly MessageTemplate _message = Fixed("message");

    public void Session(SessionLine line)
    {
        // A balancer's check every few seconds is not worth a line; a bug of ours is.
        LogEventLevel level = line.End switch { "empty" => LogEventLevel.Debug, "fault" => LogEventLevel.Error, _ => LogEventLevel.Information };
        Write(level, _session, line);
    }

    /// <summary>Messages are told at all.</summary>
    public bool TellsMessages => logger.IsEnabled(LogEventLevel.Information);

    public void Message(MessageLine line) => Write(LogEventLevel.Information, _message, line);

    /// <summary>The line that an event stands for; null for every other event.</summary>
    public static SummaryLine? Of(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Line, out LogEventPropertyValue? value) ? value as SummaryLine : null;

    void Write(LogEventLevel level, MessageTemplate template, SummaryLine line)
    {
        if (logger.IsEnabled(level))
            logger.Write(new LogEvent(time.GetUtcNow(), level, null, template, [new LogEventProperty(Line, line)]));
    }

    static MessageTemplate Fixed(string name) => new(name, [new TextToken(name)]);
}
