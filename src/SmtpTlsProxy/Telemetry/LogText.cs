using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One event a line for people: time, level, message, and for sessions and messages <c>name=value</c> in the event's own order.</summary>
sealed class LogText : ITextFormatter
{
    static readonly string[] _levels = ["VRB", "DBG", "INF", "WRN", "ERR", "FTL"];

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(_levels[(int)logEvent.Level]);
        output.Write(' ');
        foreach (MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
            output.Write(OneLine(Render(token, logEvent)));
        if (LogLines.Of(logEvent) is { } line)
            line.Tell(new TextFields(output));
        output.WriteLine();
        if (logEvent.Exception is { } exception)
            output.WriteLine(exception);
    }

    static string Render(MessageTemplateToken token, LogEvent logEvent) => token is PropertyToken hole
        ? logEvent.Properties.TryGetValue(hole.PropertyName, out LogEventPropertyValue? value) ? Render(value) : ""
        : token.ToString() ?? "";

    // Without the quotes that Serilog puts around a string.
    static string Render(LogEventPropertyValue value) =>
        value is ScalarValue { Value: string text } ? text : value.ToString(null, CultureInfo.InvariantCulture);

    // A peer's words must not begin a line of their own.
    static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
