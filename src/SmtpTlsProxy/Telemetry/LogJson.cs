using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace SmtpTlsProxy.Telemetry;

/// <summary>One event a line for machines, in the compact form; summary lines by the short way.</summary>
sealed class LogJson : ITextFormatter
{
    readonly CompactJsonFormatter _others = new();

    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (LogLines.Of(logEvent) is { } line)
            Format(logEvent, line, output);
        else
            _others.Format(logEvent, output);
    }

    static void Format(LogEvent logEvent, SummaryLine line, TextWriter output)
    {
        Span<char> time = stackalloc char[32];
        logEvent.Timestamp.UtcDateTime.TryFormat(time, out int length, "O", CultureInfo.InvariantCulture);
        output.Write("{\"@t\":\"");
        output.Write(time[..length]);
        output.Write("\",\"@mt\":\"");
        output.Write(logEvent.MessageTemplate.Text);
        output.Write('"');
        if (logEvent.Level is not LogEventLevel.Information)
            Level(logEvent.Level, output);
        line.Tell(new JsonFields(output));
        output.WriteLine('}');
    }

    // The compact form leaves the usual level out.
    static void Level(LogEventLevel level, TextWriter output)
    {
        output.Write(",\"@l\":\"");
        output.Write(level.ToString());
        output.Write('"');
    }
}
